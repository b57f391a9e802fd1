import { join } from 'node:path';
import { expect, it } from 'vitest';
import { PlatformError } from '../../errors/platform-error.ts';
import type { EngineDeps } from '../engine.ts';
import { fakeKube } from '../../ports/kube.fake.ts';
import type { Kube } from '../../ports/kube.ts';
import { temporaryTree } from '../../testing/temporary-tree.ts';
import { existingStatus } from './existing-status.ts';

const config =
  'clusters: [{ name: eks, cluster: { server: "https://eks.example.test" } }]\n' +
  'users: [{ name: ada, user: { token: "0123" } }]\n' +
  'contexts: [{ name: acme-prod, context: { cluster: eks, user: ada } }]\n';

async function statusOf(
  kube: Pick<Kube, 'get' | 'list'>,
  context = 'acme-prod',
): ReturnType<typeof existingStatus> {
  const folder = await temporaryTree({ config });
  const locations = { kubeconfigs: [join(folder, 'config')] } as unknown as EngineDeps['locations'];
  return existingStatus({ locations, connect: async () => kube as Kube }, context);
}

it('is absent where no context has that name, and where nothing of the platform is in the cluster', async () => {
  expect(await statusOf(fakeKube(), 'other')).toEqual({ state: 'absent', parts: [] });
  expect(await statusOf(fakeKube())).toEqual({ state: 'absent', parts: [] });
});

it('is degraded where the cluster does not answer, however many questions fail', async () => {
  let asked = 0;
  const fails = async (): Promise<never> => {
    asked += 1;
    await Promise.resolve();
    throw new PlatformError('CLUSTER_UNREACHABLE', 'no route to host', 'kubectl version');
  };

  expect(await statusOf({ get: fails, list: fails })).toMatchObject({
    state: 'degraded',
    silent: 'no route to host',
    parts: [{ name: 'https://eks.example.test', state: 'unresponsive' }],
  });
  expect(asked).toBe(2);
});
