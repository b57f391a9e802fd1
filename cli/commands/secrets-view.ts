import { Command } from 'commander';
import { PlatformError } from '../errors/platform-error.ts';
import type { Handle } from './outcome.ts';

const examples = `Examples:
  platform secrets view dev                                    names and keys, no values
  platform secrets view dev prediction-api-database password   this value, in plain text
`;

export function viewSecretsCommand(handle: Handle): Command {
  return new Command('view')
    .description('List the Secrets that git has for an environment; or print one value, decrypted')
    .argument('<environment>', 'a folder under clusters/, e.g. dev')
    .argument('[secret]', 'the name of the Secret')
    .argument('[key]', 'the key in it whose value is printed')
    .option('-n, --namespace <name>', 'needed only where several namespaces have a Secret of this name')
    .addHelpText('before', examples)
    .action(
      handle<[string, string | undefined, string | undefined, { readonly namespace?: string }]>(
        'SecretView',
        async (deps, environment, name, key, { namespace }) => {
          const { listSecrets, viewSecret } = await import('../secrets/view.ts');
          if (name !== undefined && key !== undefined) {
            const { value, ...secret } = await viewSecret(deps, environment, { name, key, namespace });
            return { data: { environment, secrets: [secret], value }, text: value };
          }
          const all = await listSecrets(deps, environment);
          const secrets = all.filter((secret) => (name ?? secret.name) === secret.name);
          if (name !== undefined && secrets.length === 0) {
            const hint = `platform secrets view ${environment}`;
            throw new PlatformError('SECRET_MISSING', `git has no Secret ${name} for ${environment}`, hint);
          }
          const lines = secrets.map(
            (secret) => `${secret.namespace}/${secret.name}: ${secret.keys.join(', ')}  (${secret.file})`,
          );
          return {
            data: { environment, secrets },
            text: lines.join('\n') || `git has no Secret for ${environment}`,
          };
        },
      ),
    );
}
