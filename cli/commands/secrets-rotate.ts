import { Command } from 'commander';
import type { Handle } from './outcome.ts';
import { timeoutOption } from './timeout-option.ts';

interface Flags {
  readonly timeout: number;
  readonly dryRun: boolean;
}

const examples = `Examples:
  platform secrets rotate dev             a new key; the old one goes when Flux has applied it
  platform secrets rotate dev --dry-run   only list the steps
`;

export function rotateSecretsCommand(handle: Handle): Command {
  return new Command('rotate')
    .description(
      'Encrypt all files of an environment for a new age key, commit, push, and then drop the old key',
    )
    .argument('<environment>', 'a folder under clusters/, e.g. dev')
    .addOption(timeoutOption('10m', 'how long to wait until Flux has applied it'))
    .option('--dry-run', 'only print the steps', false)
    .addHelpText('before', examples)
    .action(
      handle('SecretsRotation', async (deps, name: string, { timeout, dryRun }: Flags) => {
        const { planRotation, rotationSteps } = await import('../secrets/rotate.ts');
        const { changeCluster } = await import('./change-cluster.ts');
        return changeCluster(deps, name, dryRun, async () => {
          const plan = await planRotation(deps, name);
          const result: { recipient?: string; commit?: string } = {};
          const { files } = plan;
          return {
            steps: rotationSteps(deps, plan, timeout, result),
            effects: { files },
            tell: () => ({
              data: { environment: name, dryRun: false, files, ...result },
              text: `encrypted for ${result.recipient ?? 'a new key'}: ${files.join(', ') || 'nothing; there is no encrypted file'}`,
              warnings: [
                `keep a copy of ${plan.cluster.kept.ageKey}. Old commits open with ${plan.cluster.kept.ageKey}.retired; where the old key may be known to others, change the values too`,
              ],
              next: [`platform secrets check ${name}`],
            }),
          };
        });
      }),
    );
}
