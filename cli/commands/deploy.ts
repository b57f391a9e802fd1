import { Command } from 'commander';
import type { Handle } from './outcome.ts';
import { timeoutOption } from './timeout-option.ts';

interface Flags {
  readonly message?: string;
  readonly yes: boolean;
  readonly timeout: number;
  readonly dryRun: boolean;
}

export function deployCommand(handle: Handle): Command {
  return new Command('deploy')
    .description(
      'Render, validate, commit values and rendered files, push, and wait until Flux has applied it',
    )
    .argument('<environment>', 'a folder under clusters/, e.g. dev')
    .option('-m, --message <text>', 'the commit message')
    .option('-y, --yes', 'do not ask, also where something is deleted or stops', false)
    .addOption(timeoutOption('10m', 'how long to wait until it runs'))
    .option('--dry-run', 'only print what would change', false)
    .addHelpText(
      'before',
      `Examples:
  platform deploy dev -m "more pods"   commit, push, wait until it runs
  platform deploy dev --dry-run        only show what would change
`,
    )
    .action(
      handle('DeployResult', async (deps, name: string, flags: Flags) => {
        const { deploySteps } = await import('../lifecycle/deploy.ts');
        const { planDeploy } = await import('../lifecycle/plan-deploy.ts');
        const { formatChanges } = await import('../publish/diff-format.ts');
        const { changeCluster } = await import('./change-cluster.ts');
        const { agreeToRisks, describeDeploy } = await import('./deploy-report.ts');
        const started = deps.clock.elapsed();
        return changeCluster(deps, name, flags.dryRun, async () => {
          const plan = await deps.progress.step('plan', async (say) => planDeploy(deps, name, say));
          const { changes } = plan;
          deps.terminal.err(
            `${formatChanges([{ environment: name, changes }], { ...deps.terminal, outColors: deps.terminal.errColors })}\n\n`,
          );
          if (!flags.dryRun) await agreeToRisks(deps.terminal, plan, flags.yes);
          const result = {};
          const message = flags.message ?? `Deploy ${name}`;
          const steps = deploySteps(deps, plan, { message, timeoutMs: flags.timeout }, result);
          return {
            steps,
            tell: () => describeDeploy(plan, result, deps.clock.elapsed() - started),
            effects: { paths: plan.paths, changes },
          };
        });
      }),
    );
}
