import type { Command } from 'commander';
import type { Handle, Outcome } from '../commands/outcome.ts';
import type { Deps } from '../ports/deps.ts';

/**
 * What one command answers, without a process.
 *
 * @param words What is typed behind the command's name.
 * @throws Whatever its action throws.
 */
export async function outcomeOf(
  command: (handle: Handle) => Command,
  deps: Partial<Deps>,
  words: readonly string[],
): Promise<Outcome> {
  let outcome: Outcome | undefined;
  const handle: Handle =
    <Args extends unknown[]>(_kind: string, action: (deps: Deps, ...args: Args) => Promise<Outcome>) =>
    async (...given: [...Args, Command]) => {
      outcome = await action(deps as Deps, ...(given.slice(0, -1) as Args)); // the last one is the command itself
    };
  await command(handle).parseAsync([...words], { from: 'user' });
  if (!outcome) throw new Error('the command has no action');
  return outcome;
}
