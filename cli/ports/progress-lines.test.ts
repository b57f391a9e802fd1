import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { systemClock } from './clock.ts';
import { lineProgress, seconds } from './progress-lines.ts';
import { recordedTerminal } from './terminal.fake.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const wait = async (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

it('appends a line when a step begins and one when it ends, with its number and its time', async () => {
  const terminal = recordedTerminal();
  const progress = lineProgress(terminal, systemClock);
  progress.begin(2);

  const first = progress.step('install Flux', async () => wait(8_100));
  await vi.advanceTimersByTimeAsync(8_100);
  await first;
  await progress.step('connect', async () => 'already' as const);

  expect(terminal.stderr).toBe(`[1/2] install Flux …
    ok (8.1s)
[2/2] connect …
    already done (0.0s)
`);
  expect(terminal.stdout).toBe('');
  expect(progress.finished()).toEqual([
    { title: 'install Flux', ms: 8_100 },
    { title: 'connect', ms: 0 },
  ]);
});

it('says every 15 s that it lives, and the newest detail', async () => {
  const terminal = recordedTerminal();

  const step = lineProgress(terminal, systemClock).step('build', async (say) => {
    say('412/1903 k8s.io/apiserver');
    await wait(31_000);
  });
  await vi.advanceTimersByTimeAsync(31_000);
  await step;

  expect(terminal.stderr).toBe(`build …
    still at it (15.0s): 412/1903 k8s.io/apiserver
    still at it (30.0s): 412/1903 k8s.io/apiserver
    ok (31.0s)
`);
});

it('says how long a step took that failed, stops its heartbeat and throws on', async () => {
  const terminal = recordedTerminal();

  const step = lineProgress(terminal, systemClock).step('push', async () => {
    await wait(2_000);
    throw new Error('refused');
  });
  const failing = expect(step).rejects.toThrow('refused');
  await vi.advanceTimersByTimeAsync(60_000);
  await failing;

  expect(terminal.stderr).toBe('push …\n    failed after 2.0s\n');
});

it('writes ASCII only where the terminal shows no more, and no cursor codes anywhere', async () => {
  const terminal = { ...recordedTerminal(), unicode: false };
  let written = '';
  terminal.err = (text) => void (written += text);
  const progress = lineProgress(terminal, systemClock);

  await progress.step('push', async () => 'done');
  progress.note('a note');
  progress.warn('a warning');

  expect(written).toBe('push ...\n    ok (0.0s)\na note\n! a warning\n');
});

it.each([
  [0, '0.0s'],
  [8_149, '8.1s'],
  [59_940, '59.9s'],
  [59_970, '1m00s'],
  [124_000, '2m04s'],
  [3_600_000, '60m00s'],
])('writes %s ms as %s', (ms, text) => {
  expect(seconds(ms)).toBe(text);
});
