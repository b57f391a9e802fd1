import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { bundledScript } from '../testing/bundled-script.ts';
import { temporaryTree } from '../testing/temporary-tree.ts';

// Each process has a folder for temporary files of its own, so that what it leaves there can be seen.
async function after(end: string, folder: string): Promise<string[]> {
  const script = await bundledScript(`import { withSideFolder } from '../ports/side-folder.ts';
await withSideFolder(async () => { ${end} });`);
  spawnSync(process.execPath, [script], { env: { ...process.env, TMPDIR: folder } });
  return readdirSync(folder);
}

it('is gone when the process ends in the midst of the work', async () => {
  expect(await after('process.exit(130)', await temporaryTree({}))).toEqual([]);
});

it('is removed by the next process when one is killed, and nothing else is', async () => {
  const folder = await temporaryTree({ 'platform-theirs/file': '' });
  expect(await after(`process.kill(process.pid, 'SIGKILL')`, folder)).toHaveLength(2);

  expect(await after('', folder)).toEqual(['platform-theirs']);
});
