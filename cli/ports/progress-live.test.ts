import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { systemClock } from './clock.ts';
import { liveProgress } from './progress-live.ts';
import { recordedTerminal } from './terminal.fake.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const wait = async (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** What stands on the screen when all of it was written, on a terminal that nothing is too wide for. */
function screen(written: string): string[] {
  return written.split('\n').map((line) => line.split('\r\u001b[2K').at(-1) ?? '');
}

it('draws at once, and leaves one line for each finished step', async () => {
  const terminal = recordedTerminal([], { live: true });
  const progress = liveProgress(terminal, systemClock);
  progress.begin(2);

  const first = progress.step('start the cluster', async () => wait(12_400));
  expect(screen(terminal.stderr)).toEqual(['⠋ start the cluster  0.0s']);
  await vi.advanceTimersByTimeAsync(12_400);
  await first;
  await progress.step('push', async () => 'already' as const);

  expect(screen(terminal.stderr)).toEqual(['✔ start the cluster  12.4s', '✔ push  already done', '']);
  expect(progress.finished().map(({ title }) => title)).toEqual(['start the cluster', 'push']);
});

it('shows the first line of the newest detail, and cuts what would wrap', async () => {
  const terminal = recordedTerminal([], { live: true, columns: 40 });

  const step = liveProgress(terminal, systemClock).step('build', async (say) => {
    say('1/9 a package with a long name, far too long\nmore');
    await wait(1_000);
  });
  await vi.advanceTimersByTimeAsync(500);

  const [line = ''] = screen(terminal.stderr);
  expect(line).toMatch(/^. build {2}0\.5s 1\/9 a package.*…$/u);
  expect(line.length).toBeLessThanOrEqual(39);
  await vi.advanceTimersByTimeAsync(500);
  await step;
});

it('cuts a title that is wider than the terminal while the step works, and shows it whole at its end', async () => {
  const terminal = recordedTerminal([], { live: true, columns: 30 });
  const title = 'take the context out of your kubeconfig';

  const step = liveProgress(terminal, systemClock).step(title, async () => wait(1_000));

  const [line = ''] = screen(terminal.stderr);
  expect(line.length).toBeLessThanOrEqual(29);
  expect(line).toContain('take the context');
  await vi.advanceTimersByTimeAsync(1_000);
  await step;
  expect(screen(terminal.stderr)).toEqual([`✔ ${title}  1.0s`, '']);
});

it('puts notes and warnings above the line that is redrawn', async () => {
  const terminal = recordedTerminal([], { live: true });
  const progress = liveProgress(terminal, systemClock);

  const step = progress.step('build', async () => wait(1_000));
  progress.note('waiting for another command');
  progress.warn('slow disk');

  expect(screen(terminal.stderr)).toEqual(['waiting for another command', '⚠ slow disk', '⠋ build  0.0s']);
  await vi.advanceTimersByTimeAsync(1_000);
  await step;
});

it('marks a step that failed, and draws no more', async () => {
  const terminal = recordedTerminal([], { live: true });

  const step = liveProgress(terminal, systemClock).step('push', async () =>
    Promise.reject(new Error('refused')),
  );
  await expect(step).rejects.toThrow('refused');
  await vi.advanceTimersByTimeAsync(1_000);

  expect(screen(terminal.stderr)).toEqual(['✗ push  0.0s', '']);
});

it('writes ASCII only where the locale has no more', async () => {
  let written = '';
  const terminal = { ...recordedTerminal([], { live: true, columns: 30 }), unicode: false };
  terminal.err = (text) => void (written += text);
  const progress = liveProgress(terminal, systemClock);

  const step = progress.step('build', async (say) => {
    say('a detail that is far too long to be shown whole');
    await wait(300);
  });
  await vi.advanceTimersByTimeAsync(300);
  await step;
  progress.warn('slow');

  expect(written).toContain('+ build');
  expect(written).toContain('! slow');
  expect(written).not.toMatch(/[^\x00-\x7f]/);
});
