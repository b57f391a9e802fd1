import { Command } from 'commander';
import type { Handle } from './outcome.ts';

const examples = `Examples:
  platform secrets edit dev prediction-api-database
  platform secrets edit dev prediction-api-database --json   tells whether it was changed, not what is in it
`;

export function editSecretCommand(handle: Handle): Command {
  return new Command('edit')
    .description('Open a Secret of git in your editor, decrypted, and encrypt what you save')
    .argument('<environment>', 'a folder under clusters/, e.g. dev')
    .argument('<secret>', 'its name, e.g. prediction-api-database')
    .option('-n, --namespace <name>', 'needed only where several namespaces have a Secret of this name')
    .addHelpText('before', examples)
    .action(
      handle<[string, string, { readonly namespace?: string }]>(
        'SecretEdit',
        async (deps, environment, name, { namespace }) => {
          const { editSecret } = await import('../secrets/edit.ts');
          const { file, changed } = await editSecret(deps, environment, name, namespace);
          return {
            data: { environment, name, file, changed },
            text: `${file}: ${changed ? 'encrypted anew' : 'nothing changed'}`,
            next: changed
              ? [`git add ${file} && git commit -m "Change ${name}"`, `platform deploy ${environment}`]
              : [],
          };
        },
      ),
    );
}
