import { Command } from 'commander';
import { lookOf, words } from './look.ts';
import type { Handle } from './outcome.ts';

const examples = `Examples:
  platform order dev                         what Flux applies after what, and how long each took
  platform order --from snapshot.json        of a cluster as it was kept
`;

export function orderCommand(handle: Handle): Command {
  return new Command('order')
    .description(
      'Show in which order Flux applies, wave by wave, with times and the longest way; fails on circles and missing dependencies',
    )
    .argument('[environment]', words.environment)
    .option('--from <file>', words.from)
    .addHelpText('before', examples)
    .action(
      handle<[string | undefined, { from?: string }]>('Order', async (deps, name, { from }) => {
        const { lookAt, lookAtRunning } = await import('../lifecycle/look-at.ts');
        const { formatOrder } = await import('../observe/format-order.ts');
        const { report, model } =
          from === undefined
            ? await lookAtRunning(deps, name)
            : await lookAt(deps, [undefined, undefined], from);
        const { order, takenAt, notes } = model;
        const sound = order.cycles.length === 0 && order.steps.every(({ missing }) => missing.length === 0);
        return {
          data: { environment: report.environment, takenAt, order, notes },
          text: formatOrder(model, lookOf(deps)),
          exitCode: sound ? 0 : 1,
          warnings: notes,
        };
      }),
    );
}
