import { Command } from 'commander';
import type { Handle } from './outcome.ts';

const examples = `Examples:
  platform status dev          what runs, what does not, and why
  platform status dev --json   all of it as data
`;

export function statusCommand(handle: Handle): Command {
  return new Command('status')
    .description(
      'Show the cluster, git against what is applied, and the state of every Flux object and workload',
    )
    .argument('[environment]', 'a folder under clusters/; not needed where only one has a cluster')
    .addHelpText('before', examples)
    .action(
      handle<[string | undefined, object]>('Status', async (deps, name) => {
        const { openCluster } = await import('../lifecycle/open-cluster.ts');
        const { reportStatus, isAllReady } = await import('../observe/status-report.ts');
        const { formatStatus } = await import('../observe/format-status.ts');
        const { environment, engine, engineStatus, access, kube, git } = await openCluster(deps, name);
        const report = await reportStatus(deps, {
          environment: environment.name,
          engine: engine.name,
          standIns: engine.standIns,
          state: engineStatus.state,
          parts: engineStatus.parts,
          context: access?.context,
          kube,
          silent: engineStatus.silent,
          git,
        });
        const { terminal, clock } = deps;
        const { outColors: colors, unicode, live, columns } = terminal;
        return {
          data: report,
          text: formatStatus(report, {
            colors,
            unicode,
            now: clock.now(),
            columns: live ? columns : undefined,
          }),
          exitCode: isAllReady(report) ? 0 : 1,
          next: nextFor(report.state, environment.name),
        };
      }),
    );
}

function nextFor(state: 'absent' | 'stopped' | 'running' | 'degraded', environment: string): string[] {
  if (state === 'absent') return [`platform bootstrap ${environment}`];
  if (state === 'stopped') return [`platform start ${environment}`];
  return state === 'degraded'
    ? [`platform logs ${environment} --part <name>`, `platform start ${environment}`]
    : [];
}
