import { Command } from 'commander';
import type { Handle } from './outcome.ts';

export function startCommand(handle: Handle): Command {
  return new Command('start')
    .description('Start a stopped cluster again; its data is still there')
    .argument('<environment>', 'a folder under clusters/, e.g. dev')
    .option('--dry-run', 'only print what would be done', false)
    .addHelpText(
      'before',
      `Examples:
  platform start dev             go on with the cluster as it was
  platform start dev --dry-run   only say what would be done
`,
    )
    .action(
      handle('StartResult', async (deps, name: string, { dryRun }: { dryRun: boolean }) => {
        const { notRunning, openCluster } = await import('../lifecycle/open-cluster.ts');
        const { startSteps } = await import('../lifecycle/start-and-stop.ts');
        const { changeCluster } = await import('./change-cluster.ts');
        return changeCluster(deps, name, dryRun, async () => {
          const cluster = await openCluster(deps, name);
          if (cluster.engineStatus.state === 'absent') throw notRunning(cluster);
          return {
            steps: startSteps(deps, cluster),
            tell: (changed) => ({
              data: { environment: name, changed },
              text: changed ? `${name} runs again.` : `${name} was running.`,
              next: [`platform status ${name}`],
            }),
          };
        });
      }),
    );
}
