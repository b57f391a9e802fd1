import { execFile } from 'node:child_process';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { completionScript } from './completion-script.ts';

const commands = [
  { name: 'status', description: "it's up?", flags: ['--watch'], children: [], completes: 'environments' },
  { name: 'app', description: 'apps', flags: [], children: ['new'], completes: 'nothing' },
] as const;

async function repository(...environments: string[]): Promise<string> {
  const root = await temporaryTree({ 'platform.yaml': '' });
  for (const name of ['dev', 'prod', ...environments])
    await mkdir(join(root, 'clusters', name), { recursive: true });
  return root;
}

/** What bash offers in clusters/dev of a repository. */
async function complete(root: string, ...words: string[]): Promise<string[]> {
  const script = `${completionScript('bash', commands)}
cd ${JSON.stringify(join(root, 'clusters/dev'))}
COMP_WORDS=(platform ${words.map((word) => JSON.stringify(word)).join(' ')}); COMP_CWORD=${words.length}
_platform; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await promisify(execFile)('bash', ['-c', script], { env: { PATH: '/usr/bin:/bin' } });
  return stdout.split('\n').filter((line) => line !== '');
}

it('offers commands, and then the environments of the repository that one is in', async () => {
  const root = await repository();

  expect(await complete(root, 'st')).toEqual(['status']);
  expect(await complete(root, 'status', '')).toEqual(['--watch', 'dev', 'prod']);
  expect(await complete(root, 'app', 'n')).toEqual(['new']);
});

it('neither offers nor runs a folder whose name a shell would expand', async () => {
  const root = await repository('$(touch pwned)', '`touch pwned`', '*', '$HOME', "it's", 'two words', 'a\nb');

  expect(await complete(root, 'status', '')).toEqual(['--watch', 'dev', 'prod']);
  expect(await readdir(join(root, 'clusters/dev'))).toEqual([]);
});

it('quotes descriptions for fish', () => {
  expect(completionScript('fish', commands)).toContain("-a status -d 'it\\'s up?'");
});
