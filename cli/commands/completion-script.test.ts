import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { completionScript } from './completion-script.ts';

const commands = [
  { name: 'status', description: "it's up?", flags: ['--watch'], children: [], completes: 'environments' },
  { name: 'app', description: 'apps', flags: [], children: ['new'], completes: 'nothing' },
] as const;

async function complete(...words: string[]): Promise<string[]> {
  const root = await temporaryTree({});
  await mkdir(join(root, 'clusters/dev'), { recursive: true });
  await mkdir(join(root, 'clusters/prod'));
  await writeFile(join(root, 'platform.yaml'), '');
  const script = `${completionScript('bash', commands)}
cd ${JSON.stringify(join(root, 'clusters/dev'))}
COMP_WORDS=(platform ${words.map((word) => JSON.stringify(word)).join(' ')}); COMP_CWORD=${words.length}
_platform; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await promisify(execFile)('bash', ['-c', script], { env: { PATH: '/usr/bin:/bin' } });
  return stdout.split('\n').filter((line) => line !== '');
}

it('offers commands, and then the environments of the repository that one is in', async () => {
  expect(await complete('st')).toEqual(['status']);
  expect(await complete('status', '')).toEqual(['--watch', 'dev', 'prod']);
  expect(await complete('app', 'n')).toEqual(['new']);
});

it('quotes descriptions for fish', () => {
  expect(completionScript('fish', commands)).toContain("-a status -d 'it\\'s up?'");
});
