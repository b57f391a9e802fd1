import { Command } from 'commander';
import { words } from './look.ts';
import type { Handle } from './outcome.ts';
import { untilDate } from '../lifecycle/until-date.ts';

interface Flags {
  readonly reason: string;
  readonly until?: string;
}

const examples = `Examples:
  platform suspend dev trades --reason "the broker moves" --until 2h
  platform suspend dev trades --reason "under study" --until 2026-12-24
`;

export function suspendCommand(handle: Handle): Command {
  return new Command('suspend')
    .description('Make Flux leave an object as it is, and write down why, who and until when')
    .argument('[environment]', words.environment)
    .argument('[object]', words.fluxObject)
    .requiredOption('--reason <text>', 'why, for everybody who finds it suspended')
    .option('--until <when>', 'when it should be over: 2h, or a date; nothing resumes it by itself')
    .addHelpText('before', examples)
    .action(
      handle<[string | undefined, string | undefined, Flags]>(
        'SuspendResult',
        async (deps, first, second, { reason, until: end }) => {
          const { targetOf } = await import('../lifecycle/act-on.ts');
          const { suspend } = await import('../reconcile/suspension.ts');
          const until = end === undefined ? undefined : untilDate(end, deps.clock.now());
          const { environment, kube, item, by } = await targetOf(deps, 'suspend', first, second);
          const { id, ref, uid } = item;
          const note = { reason, by, until };
          const { done, warnings } = await suspend({ kube, clock: deps.clock }, { ref, uid }, note);
          const limit = until === undefined ? '' : ` until ${until}`;
          return {
            data: { environment, object: id, suspended: done, reason, by, until },
            text: done ? `${id} is suspended${limit}` : `${id} went away meanwhile`,
            exitCode: done ? 0 : 1,
            warnings,
            next: done ? [`platform resume ${environment} ${id}`] : [],
          };
        },
      ),
    );
}
