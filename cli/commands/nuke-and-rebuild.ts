import { Command } from 'commander';
import { confirmByName } from './confirm.ts';
import type { Handle } from './outcome.ts';
import { timeoutOption } from './timeout-option.ts';

interface Flags {
  readonly confirm?: string;
  readonly allowProtected: boolean;
  readonly timeout: number;
  readonly dryRun: boolean;
}

export function nukeAndRebuildCommand(handle: Handle): Command {
  return new Command('nuke-and-rebuild')
    .description('Destroy a cluster, rebuild it from git, and prove that what came back is what was there')
    .argument('<environment>', 'a folder under clusters/, e.g. dev')
    .option('--confirm <name>', 'the name of the environment: asks nothing')
    .option('--allow-protected', 'also where values say protected: true', false)
    .addOption(timeoutOption('10m', 'how long to wait until all is Ready again'))
    .option('--dry-run', 'only print what would be lost and the steps', false)
    .addHelpText(
      'before',
      `Examples:
  platform nuke-and-rebuild dev --dry-run       what would be lost
  platform nuke-and-rebuild dev --confirm=dev   in a script
`,
    )
    .action(
      handle('NukeResult', async (deps, name: string, flags: Flags) => {
        const { openCluster } = await import('../lifecycle/open-cluster.ts');
        const { nukeSteps, planNuke } = await import('../lifecycle/nuke-and-rebuild.ts');
        const { requireUnprotected } = await import('../lifecycle/protection.ts');
        const { changeCluster } = await import('./change-cluster.ts');
        const { describeComparison, describePlan } = await import('./nuke-report.ts');
        const started = deps.clock.elapsed();
        return changeCluster(deps, name, flags.dryRun, async () => {
          const cluster = await openCluster(deps, name);
          requireUnprotected(cluster.environment, flags.allowProtected);
          const plan = await planNuke(deps, cluster);
          const consequences = describePlan(plan);
          if (flags.dryRun) deps.terminal.err(`${consequences}\n`);
          else
            await confirmByName(deps.terminal, {
              command: 'nuke-and-rebuild',
              name,
              given: flags.confirm,
              consequences,
            });
          const result = {};
          const steps = nukeSteps(deps, cluster, plan, flags.timeout, result);
          const { commit, objects, commitsNotPushed, losses, failing } = plan;
          return {
            steps,
            tell: () => describeComparison(plan, result, deps.clock.elapsed() - started),
            effects: { commit, objects, commitsNotPushed, losses, failing },
          };
        });
      }),
    );
}
