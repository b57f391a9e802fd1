import { Command } from 'commander';
import { lookOf, words } from './look.ts';
import type { Handle } from './outcome.ts';
import { parseDuration } from './timeout-option.ts';

interface Flags {
  readonly warnings: boolean;
  /** In milliseconds. */
  readonly since?: number;
  readonly from?: string;
}

const examples = `Examples:
  platform events dev                                what happened, newest last
  platform events dev trades --warnings --since 10m  to one object and what is below it
`;

export function eventsCommand(handle: Handle): Command {
  return new Command('events')
    .description('Show what happened, newest last; a cluster keeps its events for an hour')
    .argument('[environment]', words.environment)
    .argument('[object]', `${words.object}; also what is below it`)
    .option('--warnings', 'only what went wrong', false)
    .option('--since <duration>', 'only the last 90s, 10m, 1h', parseDuration)
    .option('--from <file>', words.from)
    .addHelpText('before', examples)
    .action(
      handle<[string | undefined, string | undefined, Flags]>(
        'Events',
        async (deps, first, second, { warnings, since: span, from }) => {
          const { lookAt } = await import('../lifecycle/look-at.ts');
          const { formatEvents } = await import('../observe/format-events.ts');
          const { selectEvents } = await import('../observe/select-events.ts');
          const { report, model, object } = await lookAt(deps, [first, second], from);
          const { takenAt, notes } = model;
          const since = span === undefined ? undefined : Date.parse(takenAt) - span;
          const events = selectEvents(model, { about: object?.id, warnings, since });
          const { environment } = report;
          const look = { ...lookOf(deps), now: Date.parse(takenAt) }; // ages of a file are those of its day
          return {
            data: { environment, takenAt, ...(object ? { object: object.id } : {}), events, notes },
            text:
              events.length === 0
                ? 'Nothing happened that the cluster still knows of.'
                : formatEvents(events, look),
            warnings: notes,
          };
        },
      ),
    );
}
