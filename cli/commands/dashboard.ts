import { Command, InvalidArgumentError } from 'commander';
import { dashboardExportCommand } from './dashboard-export.ts';
import type { Handle, Outcome } from './outcome.ts';

const examples = `Examples:
  platform dashboard dev                           the cluster of dev as a page, until Ctrl-C
  platform dashboard --from snapshot.json          the same of a \`platform status --json\` that was kept
`;

export function dashboardCommand(handle: Handle): Command {
  return new Command('dashboard')
    .description('Show a cluster as a page in the browser, at an address of this machine alone, until Ctrl-C')
    .argument('[environment]', 'a folder under clusters/; not needed where only one has a cluster')
    .option('--port <number>', 'port of 127.0.0.1; a free one by default', portNumber, 0)
    .option('--from <file>', 'show what `platform status --json` printed, and no cluster')
    .option('--read-only', 'only show: without the buttons that reconcile, suspend and resume', false)
    .addHelpText('before', examples)
    .addCommand(dashboardExportCommand(handle))
    .action(
      handle<[string | undefined, { port: number; from?: string; readOnly: boolean }]>(
        'DashboardResult',
        async (deps, name, { port, from, readOnly }): Promise<Outcome> => {
          const { keptDashboard, liveDashboard } = await import('../dashboard/open-dashboard.ts');
          const { serveDashboard } = await import('../dashboard/serve-dashboard.ts');
          const { readShell } = await import('../dashboard/shell.ts');
          const shell = await readShell(deps.home);
          const dashboard =
            from === undefined ? await liveDashboard(deps, name, readOnly) : await keptDashboard(from);
          const { url } = await serveDashboard(dashboard, shell, port);
          const may = readOnly || from !== undefined ? 'sees' : 'sees and changes';
          for (const line of announcement(dashboard.meta.environment, url, may)) deps.progress.note(line);
          for (;;) await deps.clock.sleep(60_000);
        },
      ),
    );
}

/** The address has a line of its own: one that a terminal wraps is copied together with the words beside it. */
export function announcement(environment: string, url: string, may: 'sees' | 'sees and changes'): string[] {
  return [
    `${environment} is at`,
    url,
    'until Ctrl-C',
    `whoever has this address ${may} the cluster: it holds a token, new each time`,
  ];
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new InvalidArgumentError('a port, 1 to 65535');
  }
  return port;
}
