import { expect, it } from 'vitest';
import type { Deps } from '../ports/deps.ts';
import { recordedTerminal } from '../ports/terminal.fake.ts';
import { repositoryRoot } from '../testing/repository-root.ts';
import { componentCommand } from './component.ts';
import type { Handle, Outcome } from './outcome.ts';

/** What `platform component list dev` says to somebody with so many columns. */
async function listed(outColumns?: number): Promise<string[]> {
  const deps = { root: repositoryRoot, terminal: recordedTerminal([], { outColumns }) } as unknown as Deps;
  let text = '';
  const handle: Handle =
    (_, action) =>
    async (...given) => {
      const act = action as unknown as (deps: Deps, ...args: unknown[]) => Promise<Outcome>;
      ({ text } = await act(deps, ...given.slice(0, -1)));
    };
  await componentCommand(handle).parseAsync(['list', 'dev'], { from: 'user' });
  return text.split('\n');
}

it('breaks descriptions at words in a narrow terminal, below where they begin', async () => {
  const whole = await listed();
  const narrow = await listed(60);

  expect(narrow.filter((line) => line.length > 60)).toEqual([]);
  expect(narrow.length).toBeGreaterThan(whole.length);
  const words = (lines: readonly string[]): string[] => lines.join(' ').split(/ +/);
  expect(words(narrow)).toEqual(words(whole));
  const begin = /^metrics-server +\S+ +/.exec(
    whole.find((line) => line.startsWith('metrics-server')) ?? '',
  )?.[0];
  const next = narrow[narrow.findIndex((line) => line.startsWith('metrics-server')) + 1] ?? '';
  expect(next.search(/\S/)).toBe(begin?.length);
});
