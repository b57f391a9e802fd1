import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { applyRender } from './plan-render.ts';
import { planSopsConfig } from './sops-config.ts';

const values = (recipient: string): string => `secrets:\n  recipients: [${recipient}]\n`;

async function write(root: string): Promise<string> {
  const change = await planSopsConfig(root, false);
  await applyRender({ root }, change ? [change] : []);
  return readFile(join(root, '.sops.yaml'), 'utf8');
}

it('has a rule for each environment that names a key, and goes with the last of them', async () => {
  const root = await temporaryTree({
    'clusters/dev/values.yaml': values('age1dev'),
    'clusters/prod/values.yaml': values('age1prod, age1admin'),
    'clusters/stage/values.yaml': 'sizing: small\n',
  });

  const [, , ...body] = (await write(root)).split('\n');
  expect(body.join('\n')).toBe(`creation_rules:
  - path_regex: ^clusters/dev/secrets/.*\\.ya?ml$
    encrypted_regex: ^(data|stringData)$
    age: age1dev
  - path_regex: ^clusters/prod/secrets/.*\\.ya?ml$
    encrypted_regex: ^(data|stringData)$
    age: age1prod,age1admin
`);
  expect(await planSopsConfig(root, false)).toMatchObject({ change: 'same' });
  for (const name of ['dev', 'prod']) await writeFile(join(root, `clusters/${name}/values.yaml`), '');
  expect(await planSopsConfig(root, false)).toEqual({ path: '.sops.yaml', change: 'delete' });
});

it('leaves a file that a person wrote alone while no environment names a key, and never overwrites it unasked', async () => {
  const root = await temporaryTree({ '.sops.yaml': 'creation_rules: []\n', 'clusters/dev/values.yaml': '' });
  expect(await planSopsConfig(root, false)).toBeUndefined();

  await writeFile(join(root, 'clusters/dev/values.yaml'), values('age1dev'));

  await expect(planSopsConfig(root, false)).rejects.toMatchObject({ code: 'RENDERED_FILE_EDITED' });
  expect(await planSopsConfig(root, true)).toMatchObject({ change: 'update' });
});
