import { Command } from 'commander';
import { lookOf, words } from './look.ts';
import type { Handle } from './outcome.ts';

const examples = `Examples:
  platform why dev          everything that is not Ready, by culprit, each with what to do
  platform why dev trades   the chain from this object to the culprit
  platform why --from snapshot.json trades   of a cluster as it was kept
`;

export function whyCommand(handle: Handle): Command {
  return new Command('why')
    .description('Say why an object is not Ready: who waits for whom, the culprit at the end, and what to do')
    .argument('[environment]', words.environment)
    .argument('[object]', `${words.object}; everything that is not Ready by default`)
    .option('--from <file>', words.from)
    .addHelpText('before', examples)
    .action(
      handle<[string | undefined, string | undefined, { from?: string }]>(
        'Why',
        async (deps, first, second, { from }) => {
          const { lookAt } = await import('../lifecycle/look-at.ts');
          const { reportWhy } = await import('../observe/culprits.ts');
          const { formatWhy } = await import('../observe/format-why.ts');
          const { report, model, object } = await lookAt(deps, [first, second], from);
          const why = reportWhy(report.environment, model, object);
          return {
            data: why,
            text: formatWhy(why, model, lookOf(deps)),
            exitCode: why.culprits.length === 0 && model.items.length > 0 ? 0 : 1,
          };
        },
      ),
    );
}
