import { Command } from 'commander';
import { PlatformError } from '../errors/platform-error.ts';
import type { Handle } from './outcome.ts';

const examples = `Examples:
  platform secrets set dev prediction-api-database password < password.txt
  platform secrets set prod exchange api-key --namespace ml < key.txt     where several namespaces are ours
`;

export function setSecretCommand(handle: Handle): Command {
  return new Command('set')
    .description(
      'Encrypt one value into git. It is read from standard input; a newline at its end does not count',
    )
    .argument('<environment>', 'a folder under clusters/, e.g. dev')
    .argument('<secret>', 'the name of the Secret, e.g. prediction-api-database')
    .argument('<key>', 'the key in it, e.g. password')
    .option(
      '-n, --namespace <name>',
      'its namespace; not needed where infrastructure/namespaces has only one',
    )
    .addHelpText('before', examples)
    .action(
      handle<[string, string, string, { readonly namespace?: string }]>(
        'SecretSet',
        async (deps, environment, name, key, { namespace }) => {
          if (deps.terminal.canAsk) {
            throw new PlatformError(
              'USAGE',
              'the value is read from standard input, and here that is a keyboard that shows what is typed',
              `platform secrets set ${environment} ${name} ${key} < <file>`,
            );
          }
          const { setSecret } = await import('../secrets/set.ts');
          const value = await deps.terminal.readInput();
          const wanted = { name, key, namespace };
          const data = await deps.shield(async () => setSecret(deps, environment, wanted, value));
          const { file, created, paths } = data;
          return {
            data,
            text: `${file}: ${created ? 'new, ' : ''}${key} is encrypted for ${environment}`,
            next: [
              `git add ${[...new Set([...paths, '.sops.yaml'])].join(' ')} && git commit -m "Set ${key} of ${name}"`,
              `platform deploy ${environment}`,
            ],
          };
        },
      ),
    );
}
