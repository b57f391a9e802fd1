import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryTree } from '../../testing/temporary-tree.ts';
import { findContext, lookForContext } from './find-context.ts';

const cluster = 'clusters: [{ name: eks, cluster: { server: "https://eks.example.test" } }]\n';
const user = 'users: [{ name: ada, user: { token: "0123" } }]\n';
const context = 'contexts: [{ name: acme-prod, context: { cluster: eks, user: ada } }]\n';

async function places(files: Readonly<Record<string, string>>): Promise<{ kubeconfigs: string[] }> {
  const folder = await temporaryTree(files);
  return { kubeconfigs: Object.keys(files).map((name) => join(folder, name)) };
}

it('is found in whichever file has all of it, whatever is current', async () => {
  const at = await places({ one: 'current-context: other\n', two: cluster + user + context });
  expect(await findContext(at, 'acme-prod', 'prod')).toEqual({
    kubeconfig: at.kubeconfigs[1],
    context: 'acme-prod',
    server: 'https://eks.example.test',
  });
});

it('lists what there is where the name is nowhere', async () => {
  const at = await places({ one: cluster + user + context });
  await expect(findContext(at, 'minikube', 'dev')).rejects.toMatchObject({
    code: 'KUBECONFIG_UNUSABLE',
    message: `no context minikube in ${at.kubeconfigs.join()}; there are acme-prod`,
  });
  expect(await lookForContext(at, 'minikube')).toBeUndefined();
});

it('whose cluster kubectl would take from another file is not used, and says how to put it into one', async () => {
  const at = await places({ one: cluster, two: cluster + user + context });
  await expect(findContext(at, 'acme-prod', 'prod')).rejects.toMatchObject({
    message: 'the context acme-prod has its cluster and its user in several kubeconfig files',
    hint: expect.stringContaining('kubectl config view --flatten --minify --context=acme-prod') as string,
  });
});

it('that names a user which is nowhere is told', async () => {
  const at = await places({ one: cluster + context });
  await expect(findContext(at, 'acme-prod', 'prod')).rejects.toMatchObject({
    message: 'the context acme-prod names a cluster or a user that no kubeconfig file has',
  });
});
