import { Command } from 'commander';
import { confirmByName } from './confirm.ts';
import type { Handle } from './outcome.ts';
import { timeoutOption } from './timeout-option.ts';

interface Flags {
  readonly confirm?: string;
  readonly allowDowngrade: boolean;
  readonly timeout: number;
  readonly dryRun: boolean;
}

const examples = `Examples:
  platform upgrade flux dev --dry-run            what runs, and what would
  platform upgrade flux prod --confirm=prod      a protected environment, in a script
`;

export function upgradeCommand(handle: Handle): Command {
  return new Command('upgrade')
    .description('Bring a cluster to the versions that this clone pins')
    .addHelpText('before', examples)
    .addCommand(
      new Command('flux')
        .description('Bring Flux to the pinned version: definitions, then controllers')
        .argument('[environment]', 'a folder under clusters/; not needed where only one has a cluster')
        .option('--confirm <name>', 'the name of a protected environment: asks nothing')
        .option('--allow-downgrade', 'also to an older version than the one that runs', false)
        .addOption(timeoutOption('10m', 'how long to wait until the controllers run'))
        .option('--dry-run', 'only print what would change, and the steps', false)
        .addHelpText('before', examples)
        .action(
          handle<[string | undefined, Flags]>('FluxUpgrade', async (deps, asked, flags) => {
            const { changeCluster } = await import('./change-cluster.ts');
            const { openCluster } = await import('../lifecycle/open-cluster.ts');
            const { fluxUpgradeSteps, planFluxUpgrade } = await import('../lifecycle/upgrade-flux.ts');
            const { describeFluxUpgrade, summariseUpgrade } = await import('./upgrade-report.ts');
            const name = asked ?? (await openCluster(deps)).environment.name;
            return changeCluster(deps, name, flags.dryRun, async () => {
              const plan = await planFluxUpgrade(deps, name, flags.allowDowngrade);
              const consequences = describeFluxUpgrade(plan);
              const { protected: isProtected } = plan.cluster.environment.values;
              deps.terminal.err(`${consequences}\n\n`);
              if (isProtected && plan.moves.length > 0 && !flags.dryRun) {
                const command = 'upgrade flux';
                const what = `${name} is protected.`;
                await confirmByName(deps.terminal, {
                  command,
                  name,
                  given: flags.confirm,
                  consequences: what,
                });
              }
              const result = {};
              const steps = fluxUpgradeSteps(deps, plan, flags.timeout, result);
              const effects = { flux: plan.moves };
              return { steps, tell: (changed) => summariseUpgrade(plan, result, changed), effects };
            });
          }),
        ),
    );
}
