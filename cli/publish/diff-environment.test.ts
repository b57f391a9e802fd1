import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatRef } from '../ports/kube.ts';
import { copyFolder } from '../ports/side-folder.ts';
import { realRun, toolDeps } from '../testing/real-tools.ts';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { loadEnvironment } from '../values/load-environment.ts';
import { diffEnvironment } from './diff-environment.ts';

const run = realRun();

/** This repository's own platform, committed once, in a folder of its own. */
async function ownRepository(): Promise<string> {
  const root = await temporaryTree({
    'platform.yaml': await readFile(join(toolDeps.home, 'platform.yaml'), 'utf8'),
  });
  for (const folder of ['templates', 'apps', 'clusters', 'infrastructure']) {
    await copyFolder(join(toolDeps.home, folder), join(root, folder));
  }
  const git = async (...args: string[]): Promise<unknown> =>
    run({
      tool: 'git',
      args: ['-C', root, '-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args],
      timeoutMs: 10_000,
    });
  await git('init', '--quiet');
  await git('add', '--all');
  await git('commit', '--quiet', '--message', 'first');
  return root;
}

describe('diffEnvironment', () => {
  it(
    'renders the edited values aside and shows what they change, writing nothing into the repository',
    { timeout: 60_000 },
    async () => {
      const root = await ownRepository();
      const deps = { root, run };
      expect(await diffEnvironment(deps, await loadEnvironment(deps, 'dev'), 'HEAD')).toEqual([]);
      const values = join(root, 'clusters/dev/values.yaml');
      await writeFile(values, (await readFile(values, 'utf8')).replace(/lastDays: \d+/, 'lastDays: 3'));

      const changes = await diffEnvironment(deps, await loadEnvironment(deps, 'dev'), 'HEAD');

      const plain = changes.map(({ ref, marks }) => [
        formatRef(ref).replace(/-[0-9a-f]{8,}$/, '-<HASH>'),
        ...marks,
      ]);
      expect(plain).toEqual([
        ['ConfigMap/ml/backfill'],
        ['Job/ml/backfill-1-trades-<HASH>', 'job-rerun'],
        ['Job/ml/backfill-2-candles-<HASH>', 'job-rerun'],
        ['Job/ml/backfill-3-indicators-<HASH>', 'job-rerun'],
      ]);
      const { stdout } = await run({
        tool: 'git',
        args: ['-C', root, 'status', '--short'],
        timeoutMs: 10_000,
      });
      expect(stdout).toBe(' M clusters/dev/values.yaml\n');
    },
  );
});
