import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { runWithExeca, type Run } from '../ports/run.ts';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { requireNoSubmodules, requirePublishable } from './publishable.ts';

const run: Run = runWithExeca(async (tool) => tool);
let root: string;

async function git(...args: string[]): Promise<void> {
  const identity = ['-c', 'user.name=A', '-c', 'user.email=a@example.com'];
  await run({ tool: 'git', args: [...identity, ...args], cwd: root, timeoutMs: 30_000 });
}

beforeEach(async () => {
  root = await temporaryTree({ 'clusters/dev/flux/apps.yaml': '', 'apps/trades/base/x.yaml': '' });
  await git('init', '-q');
  await git('add', '-A');
  await git('commit', '-q', '-m', 'Start');
});

it('lets a commit pass that holds the environment', async () => {
  await requirePublishable({ root, run }, 'dev', 'HEAD');
});

it('refuses an environment that only the clone has, and says what to commit', async () => {
  await mkdir(join(root, 'clusters/qa/flux'), { recursive: true });
  await writeFile(join(root, 'clusters/qa/flux/apps.yaml'), '');

  await expect(requirePublishable({ root, run }, 'qa', 'HEAD')).rejects.toMatchObject({
    code: 'GIT_UNUSABLE',
    message: 'clusters/qa/flux is not committed, and Flux sees only what is',
    hint: 'platform render qa && git add -A && git commit -m "Add qa"',
  });
});

it('refuses a submodule where Flux would find an empty folder, and only there', async () => {
  const head = '1'.repeat(40);
  await git('update-index', '--add', '--cacheinfo', `160000,${head},docs/theme`);
  await git('commit', '-q', '-m', 'A submodule elsewhere');
  await requireNoSubmodules({ root, run }, 'dev', 'HEAD');

  await git('update-index', '--add', '--cacheinfo', `160000,${head},apps/other`);
  await git('commit', '-q', '-m', 'A submodule of manifests');
  await expect(requireNoSubmodules({ root, run }, 'dev', 'HEAD')).rejects.toMatchObject({
    code: 'GIT_UNUSABLE',
    message: expect.stringContaining('apps/other is a submodule') as string,
  });
});
