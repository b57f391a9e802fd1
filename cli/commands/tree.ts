import { Command } from 'commander';
import { lookOf, words } from './look.ts';
import type { Handle } from './outcome.ts';

interface Flags {
  readonly from?: string;
  readonly unwell: boolean;
  readonly all: boolean;
}

const examples = `Examples:
  platform tree dev               source → Kustomization → what it applied → pods → containers
  platform tree dev ks/trades     one object and what is below it
  platform tree dev --unwell      only what is not Ready, and what is above that
`;

export function treeCommand(handle: Handle): Command {
  return new Command('tree')
    .description('Show what belongs to what, from the source down to containers, with states')
    .argument('[environment]', words.environment)
    .argument('[object]', `${words.object}; everything by default`)
    .option('--unwell', 'only what is not Ready, and what is above that', false)
    .option('--all', 'do not fold siblings of one kind beyond the first twelve', false)
    .option('--from <file>', words.from)
    .addHelpText('before', examples)
    .action(
      handle<[string | undefined, string | undefined, Flags]>(
        'Tree',
        async (deps, first, second, { from, unwell, all }) => {
          const { lookAt } = await import('../lifecycle/look-at.ts');
          const { formatTree } = await import('../observe/format-tree.ts');
          const { treeOf } = await import('../observe/tree.ts');
          const { report, model, object } = await lookAt(deps, [first, second], from);
          const tree = treeOf(model, { under: object?.id, unwell, all });
          const calm = unwell && model.items.length > 0;
          const nothing = calm ? 'Everything here is Ready.' : 'Flux has nothing to apply here yet.';
          return {
            data: { environment: report.environment, takenAt: model.takenAt, tree, notes: model.notes },
            text: tree.length === 0 ? nothing : formatTree(tree, lookOf(deps)),
            warnings: model.notes,
          };
        },
      ),
    );
}
