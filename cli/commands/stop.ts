import { Command } from 'commander';
import type { ClusterChange } from './change-cluster.ts';
import type { Handle } from './outcome.ts';

export function stopCommand(handle: Handle): Command {
  return new Command('stop')
    .description('Stop every process of a cluster; all data stays')
    .argument('<environment>', 'a folder under clusters/, e.g. dev')
    .option('--dry-run', 'only print what would be done', false)
    .addHelpText(
      'before',
      `Examples:
  platform stop dev             free the memory, keep the data
  platform stop dev --dry-run   only say what would be done
`,
    )
    .action(
      handle('StopResult', async (deps, name: string, { dryRun }: { dryRun: boolean }) => {
        const { environmentToEnd, openClusterToEnd } = await import('../lifecycle/cluster-to-end.ts');
        const { notRunning } = await import('../lifecycle/open-cluster.ts');
        const { contextWhileStopped, stopSteps } = await import('../lifecycle/start-and-stop.ts');
        const { changeCluster } = await import('./change-cluster.ts');
        const plan = async (): Promise<ClusterChange> => {
          const cluster = await openClusterToEnd(deps, name);
          if (cluster.engineStatus.state === 'absent') throw notRunning(cluster);
          const { says, next } = await contextWhileStopped(deps, cluster);
          return {
            steps: stopSteps(cluster),
            tell: (changed) => ({
              data: { environment: name, changed },
              text: [
                changed ? `${name} is stopped; its data is kept.` : `${name} was stopped already.`,
                ...says,
              ].join('\n'),
              next: [`platform start ${name}`, `platform delete ${name}`, ...next],
            }),
          };
        };
        return changeCluster(deps, name, dryRun, plan, environmentToEnd);
      }),
    );
}
