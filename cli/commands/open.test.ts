import { expect, it } from 'vitest';
import { steppingClock } from '../ports/clock.fake.ts';
import type { Guard } from '../ports/guard.ts';
import { recordedTerminal } from '../ports/terminal.fake.ts';
import { keepForwarding } from './open.ts';

/** One life of kubectl: what it prints, and what it ends with after 1.3 s, as on a server that is slow. */
interface Life {
  readonly says: readonly string[];
  readonly errors: string;
}

const connected = ['Forwarding from 127.0.0.1:8000 -> 8080', 'Handling connection for 8000'];

/** @returns What is known when it has ended, or has had all of its lives. */
async function forward(
  ...lives: readonly Life[]
): Promise<{ exitCode: number | undefined; stderr: string; left: number }> {
  const clock = steppingClock();
  const terminal = recordedTerminal();
  const left = [...lives];
  const guard: Guard = async ({ onLine }) => {
    const life = left.shift();
    if (!life) throw new Error('started once more');
    for (const line of life.says) onLine?.(line);
    const exited = clock.sleep(1_300).then(() => 1);
    return { pid: 1, exited, lastErrors: () => life.errors, stop: async () => Promise.resolve() };
  };
  const exitCode = await keepForwarding({ guard, clock, terminal }, ['port-forward']).catch(() => undefined);
  return { exitCode, stderr: terminal.stderr, left: left.length };
}

it('ends, with what kubectl says, where it was never connected, however long that took', async () => {
  const denied = { says: [], errors: 'error: pods "a" is forbidden' };

  expect(await forward(denied, denied)).toEqual({
    exitCode: 1,
    stderr: 'error: pods "a" is forbidden\n',
    left: 1,
  });
});

it('connects again once it was connected, also when that fails at first', async () => {
  const replaced = { says: connected, errors: 'error: lost connection to pod' };
  const notYet = { says: [], errors: 'error: pod is not running' };

  expect(await forward(replaced, notYet, { says: connected, errors: '' })).toEqual({
    exitCode: undefined,
    stderr: 'error: lost connection to pod\nerror: pod is not running\n',
    left: 0,
  });
});
