import { execFileSync } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../ports/clock.ts';
import { followBranch, readBranch } from './branch-watch.ts';

let folder: string;
const git = (at: string, ...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.test', '-c', 'gc.auto=0', ...args], {
    cwd: join(folder, at),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();

/** Commits and pushes to the bare repository; the new commit. */
function push(): string {
  git('clone', 'commit', '--allow-empty', '-m', 'change');
  git('clone', 'push', 'origin', 'HEAD:release/v1');
  return git('clone', 'rev-parse', 'HEAD');
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'branch-'));
  git('.', 'init', '--bare', '-b', 'main', 'bare.git');
  git('.', 'clone', 'bare.git', 'clone');
});

describe('readBranch', () => {
  it('reads loose and packed refs, and knows when there is none', async () => {
    const bare = join(folder, 'bare.git');
    expect(await readBranch(bare, 'release/v1')).toBeUndefined();
    const first = push();
    expect(await readBranch(bare, 'release/v1')).toBe(first);
    git('bare.git', 'pack-refs', '--all');
    expect(await readBranch(bare, 'release/v1')).toBe(first);
    const second = push();
    expect(await readBranch(bare, 'release/v1')).toBe(second);
    expect(await readBranch(join(folder, 'absent.git'), 'release/v1')).toBeUndefined();
  });
});

describe('followBranch', () => {
  it('tells of each push at once, and tells again what could not be passed on', async () => {
    push();
    const seen: string[] = [];
    const stopping = new AbortController();
    let hasRead: () => void = () => undefined;
    const firstRead = new Promise<void>((resolve) => (hasRead = resolve));
    const sleep: Clock['sleep'] = async (ms, signal) => {
      hasRead(); // or what is pushed next could be what it begins with
      return systemClock.sleep(ms, signal);
    };
    const following = followBranch({
      clock: { ...systemClock, sleep },
      repository: join(folder, 'bare.git'),
      branch: 'release/v1',
      pollMs: 50,
      stopping: stopping.signal,
      onMove: async (commit) => Promise.resolve(seen.push(commit) > 1),
    });
    await firstRead;

    const second = push();
    await expect.poll(() => seen).toEqual([second, second]);
    const third = push();
    await expect.poll(() => seen).toEqual([second, second, third]);

    stopping.abort();
    await following;
  });
});
