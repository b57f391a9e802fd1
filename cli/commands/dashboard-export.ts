import { resolve } from 'node:path';
import { Command } from 'commander';
import type { Handle } from './outcome.ts';

const examples = `Examples:
  platform dashboard export dev -o incident.html                    the cluster as it is now
  platform dashboard export --from snapshot.json -o incident.html   as it was kept
`;

export function dashboardExportCommand(handle: Handle): Command {
  return new Command('export')
    .description(
      'Write the page with what it shows now into one file, which opens from disk; it holds no Secret value',
    )
    .argument('[environment]', 'a folder under clusters/; not needed where only one has a cluster')
    .option('-o, --output <file>', 'where to', 'dashboard.html')
    .option('--from <file>', 'what `platform status --json` printed, and no cluster')
    .addHelpText('before', examples)
    .action(
      handle<[string | undefined, { output: string; from?: string }]>(
        'DashboardExport',
        async (deps, name, { output, from }) => {
          const { exportPage } = await import('../dashboard/export-page.ts');
          const { keptDashboard, liveDashboard } = await import('../dashboard/open-dashboard.ts');
          const { snapshotOf } = await import('../dashboard/serve-dashboard.ts');
          const { readShell } = await import('../dashboard/shell.ts');
          const { writeFileAtomically } = await import('../ports/files.ts');
          const shell = await readShell(deps.home);
          const dashboard =
            from === undefined ? await liveDashboard(deps, name, true) : await keptDashboard(from);
          const snapshot = await snapshotOf(dashboard);
          dashboard.feed.close();
          const html = exportPage(shell, snapshot);
          const file = resolve(output);
          await writeFileAtomically(file, html);
          const bytes = Buffer.byteLength(html);
          const { environment } = snapshot.meta;
          return {
            data: { file, bytes, environment, takenAt: snapshot.model.takenAt },
            text: `${file}: ${environment} as of ${snapshot.model.takenAt}`,
          };
        },
      ),
    );
}
