import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { temporaryTree } from '../../testing/temporary-tree.ts';
import { writeKindKubeconfig } from './kind-kubeconfig.ts';

const printed = `apiVersion: v1
clusters:
- cluster: { server: "https://127.0.0.1:45817", certificate-authority-data: ${Buffer.from('PEM').toString('base64')} }
  name: kind-acme-dev
contexts:
- context: { cluster: kind-acme-dev, user: kind-acme-dev }
  name: kind-acme-dev
current-context: kind-acme-dev
users:
- name: kind-acme-dev
  user: { client-key-data: c2VjcmV0 }
`;

it('gives the one context the name that every engine gives, in a file of its owner', async () => {
  const path = join(await temporaryTree({}), 'kubeconfig');

  expect(await writeKindKubeconfig(path, printed, 'acme-dev')).toEqual({
    server: 'https://127.0.0.1:45817',
    authority: 'PEM',
  });
  expect(parse(await readFile(path, 'utf8'))).toMatchObject({
    contexts: [{ name: 'acme-dev', context: { cluster: 'acme-dev', user: 'acme-dev' } }],
    users: [{ name: 'acme-dev', user: { 'client-key-data': 'c2VjcmV0' } }],
    'current-context': 'acme-dev',
  });
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

it('refuses what names no cluster', async () => {
  const path = join(await temporaryTree({}), 'kubeconfig');

  await expect(
    writeKindKubeconfig(path, 'clusters: []\nusers: []\ncontexts: []\n', 'acme-dev'),
  ).rejects.toMatchObject({ code: 'ENGINE_FAILED', hint: 'kind get kubeconfig --name acme-dev' });
});
