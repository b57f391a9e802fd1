import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exists, listFiles, readText } from '../ports/files.ts';
import { realRun } from '../testing/real-tools.ts';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { withTreeAt } from './tree-at.ts';

const run = realRun();

async function commitAll(root: string): Promise<void> {
  const git = async (...args: string[]): Promise<unknown> =>
    run({
      tool: 'git',
      args: ['-C', root, '-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args],
      timeoutMs: 10_000,
    });
  await git('init', '--quiet');
  await git('add', '--all');
  await git('commit', '--quiet', '--message', 'first');
}

describe('withTreeAt', () => {
  it('gives the files as they were, and leaves working tree and index alone', async () => {
    const root = await temporaryTree({ 'a.yaml': 'old\n', 'apps/gone.yaml': 'x\n' });
    await commitAll(root);
    await writeFile(join(root, 'a.yaml'), 'new\n');
    await rm(join(root, 'apps'), { recursive: true });

    const tree = await withTreeAt({ root, run }, 'HEAD', async (path) => {
      expect(await listFiles(path)).toEqual(['a.yaml', 'apps/gone.yaml']);
      expect(await readText(join(path, 'a.yaml'))).toBe('old\n');
      return path;
    });

    expect(await exists(tree)).toBe(false);
    expect(await readText(join(root, 'a.yaml'))).toBe('new\n');
    const { stdout } = await run({ tool: 'git', args: ['-C', root, 'status', '--short'], timeoutMs: 10_000 });
    expect(stdout).toBe(' M a.yaml\n D apps/gone.yaml\n');
  });

  it('finds the root when it is a folder of a larger repository', async () => {
    const whole = await temporaryTree({ 'other/x': '', 'platform/a.yaml': 'a\n' });
    await commitAll(whole);
    await withTreeAt({ root: join(whole, 'platform'), run }, 'HEAD', async (path) => {
      expect(await listFiles(path)).toEqual(['a.yaml']);
    });
  });

  it('removes the copy when the work fails', async () => {
    const root = await temporaryTree({ a: 'a' });
    await commitAll(root);
    let tree = '';
    const failing = withTreeAt({ root, run }, 'HEAD', async (path) => {
      tree = path;
      throw new Error('stop');
    });
    await expect(failing).rejects.toThrow('stop');
    expect(await exists(tree)).toBe(false);
  });

  it.each(['v9', '--all'])('refuses %s, which is no commit', async (revision) => {
    const root = await temporaryTree({ a: 'a' });
    await commitAll(root);
    await expect(withTreeAt({ root, run }, revision, async () => undefined)).rejects.toMatchObject({
      code: 'GIT_UNUSABLE',
      hint: 'git log --oneline --all',
    });
  });

  it('says how to make the first commit where there is none', async () => {
    const root = await temporaryTree({ a: 'a' });
    await run({ tool: 'git', args: ['-C', root, 'init', '--quiet'], timeoutMs: 10_000 });
    await expect(withTreeAt({ root, run }, 'HEAD', async () => undefined)).rejects.toMatchObject({
      hint: 'git add -A && git commit -m "Start"',
    });
  });
});
