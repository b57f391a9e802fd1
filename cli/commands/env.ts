import { Command } from 'commander';
import type { Handle } from './outcome.ts';

interface Flags {
  readonly from: string;
  readonly dryRun: boolean;
}

const examples = `Examples:
  platform env new pre-prod --from prod               all its files, with the values of prod
  platform env new canary-1234 --from dev --dry-run   only list them
`;

export function envCommand(handle: Handle): Command {
  return new Command('env')
    .description('Environments: the folders of clusters')
    .addHelpText('before', examples)
    .addCommand(newEnv(handle));
}

function newEnv(handle: Handle): Command {
  return new Command('new')
    .description('Make a new environment with the values of another one; secrets are never copied')
    .argument('<name>', 'a DNS label that is not taken')
    .requiredOption('--from <environment>', 'the environment whose values.yaml is copied')
    .option('--dry-run', 'only list the files', false)
    .addHelpText('before', examples)
    .action(
      handle('EnvNewResult', async (deps, name: string, { from, dryRun }: Flags) => {
        const { planNewEnvironment } = await import('../scaffold/new-environment.ts');
        const { applyNewFiles } = await import('../scaffold/new-files.ts');
        const { formatNewFiles, listNewFiles } = await import('../scaffold/format-new-files.ts');
        const { files, notes } = await planNewEnvironment(deps, { name, from });
        if (!dryRun) await deps.shield(async () => applyNewFiles(deps, files));
        return {
          data: { environment: name, from, written: !dryRun, files: listNewFiles(files) },
          text: formatNewFiles(files, dryRun),
          warnings: notes,
          next: dryRun
            ? []
            : [
                `platform validate ${name}`,
                `git add clusters/${name} apps/*/overlays/${name} && git commit -m "Add ${name}"`,
                `platform bootstrap ${name}`,
              ],
        };
      }),
    );
}
