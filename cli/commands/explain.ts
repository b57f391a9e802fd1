import { Command } from 'commander';
import { lookOf, words } from './look.ts';
import type { Handle } from './outcome.ts';

const examples = `Examples:
  platform explain dev trades spec.replicas          which line, template, value and commit it comes from
  platform explain dev pod/ml/trades-1 'spec.containers[trades].image'
  platform explain dev deploy/trades                 the fields that git sets
`;

export function explainCommand(handle: Handle): Command {
  return new Command('explain')
    .description(
      'Tell where a field of an object comes from: rendered line, template line, key of values, commit and author',
    )
    .argument('<environment>', 'a folder under clusters/, e.g. dev')
    .argument('<object>', words.object)
    .argument(
      '[path]',
      'spec.replicas, spec.template.spec.containers[trades].image; without it, all that git sets',
    )
    .option('--from <file>', words.from)
    .addHelpText('before', examples)
    .action(
      handle<[string, string, string | undefined, { from?: string }]>(
        'Explanation',
        async (deps, environment, object, path, { from }) => {
          const { explainObject } = await import('../lifecycle/explain-object.ts');
          const { formatExplanation } = await import('../observe/explain/format-explanation.ts');
          const explanation = await explainObject(deps, { environment, object, path, from });
          return { data: explanation, text: formatExplanation(explanation, lookOf(deps)) };
        },
      ),
    );
}
