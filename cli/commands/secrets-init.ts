import { Command } from 'commander';
import type { Handle } from './outcome.ts';

const examples = `Examples:
  platform secrets init dev
  platform secrets init prod --json | jq -r .data.keyFile   what to keep a copy of
`;

export function initSecretsCommand(handle: Handle): Command {
  return new Command('init')
    .description('Make the age key of an environment, and write its public half into values and .sops.yaml')
    .argument('<environment>', 'a folder under clusters/, e.g. dev')
    .addHelpText('before', examples)
    .action(
      handle('SecretsInit', async (deps, name: string) => {
        const { initSecrets } = await import('../secrets/init.ts');
        const data = await deps.shield(async () => initSecrets(deps, name));
        const { made, recipient, keyFile } = data;
        return {
          data,
          text: `${name} ${made ? 'has a new key' : 'has its key'}: ${recipient}\nits secret half: ${keyFile}`,
          warnings: made
            ? [`keep a copy of ${keyFile}: without it nobody can open what is encrypted from now on`]
            : [],
          next: [`platform secrets set ${name} <secret> <key> < <file>`],
        };
      }),
    );
}
