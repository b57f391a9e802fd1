import { join } from 'node:path';
import { expect, it } from 'vitest';
import { listNames, readText } from '../ports/files.ts';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { applyNewFiles } from './new-files.ts';

it('writes what is new and what changes', async () => {
  const root = await temporaryTree({ 'platform.yaml': 'old\n' });

  await applyNewFiles({ root }, [
    { path: 'platform.yaml', content: 'new\n', change: 'update' },
    { path: 'apps/a/base/x.yaml', content: 'x\n', change: 'create' },
  ]);

  expect(await readText(join(root, 'platform.yaml'))).toBe('new\n');
  expect(await readText(join(root, 'apps/a/base/x.yaml'))).toBe('x\n');
});

it('removes what it created, with the folders, and nothing else when one file cannot be written', async () => {
  const root = await temporaryTree({
    'apps/b/x.yaml': 'b\n',
    file: 'in the way\n',
    'platform.yaml': 'old\n',
  });

  const writing = applyNewFiles({ root }, [
    { path: 'apps/a/base/x.yaml', content: 'x\n', change: 'create' },
    { path: 'clusters/a/values.yaml', content: 'x\n', change: 'create' },
    { path: 'file/x.yaml', content: 'x\n', change: 'create' },
    { path: 'platform.yaml', content: 'new\n', change: 'update' },
  ]);

  await expect(writing).rejects.toThrow(/ENOTDIR|EEXIST/);
  expect(await listNames(root)).toEqual(['apps', 'file', 'platform.yaml']);
  expect(await listNames(join(root, 'apps'))).toEqual(['b']);
  expect(await readText(join(root, 'platform.yaml'))).toBe('old\n');
});
