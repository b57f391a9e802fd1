import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Engine } from '../engines/engine.ts';
import { addContext } from '../engines/kubeconfig.ts';
import { steppingClock } from '../ports/clock.fake.ts';
import type { Deps } from '../ports/deps.ts';
import { locationsFrom } from '../ports/locations.ts';
import { fakeKube } from '../ports/kube.fake.ts';
import { gitRepositoryKind, rootName } from '../reconcile/root-objects.ts';
import { users, writeEngineKubeconfig } from '../testing/kubeconfigs.ts';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { loadEnvironment } from '../values/load-environment.ts';
import { repositoryRoot } from '../testing/repository-root.ts';
import { writeJournal, type Journal } from './journal.ts';
import type { OpenCluster } from './open-cluster.ts';
import { contextWhileStopped, startSteps } from './start-and-stop.ts';

const commit = 'a'.repeat(40);

/** What Flux is told to follow by the last step of a start. */
async function followed(phase?: Journal['phase'], connected = true): Promise<unknown> {
  const folder = await temporaryTree({});
  const kept = { journal: join(folder, 'journal.json'), repository: join(folder, 'repository.git') };
  const before = { takenAt: '2026-01-01T00:00:00.000Z', objects: [] };
  if (phase) {
    const head = { formatVersion: 1, operation: 'nuke-and-rebuild', startedAt: before.takenAt } as const;
    await writeJournal(kept.journal, { ...head, commit, before, phase });
  }
  const metadata = { name: rootName, namespace: 'flux-system' };
  const source = { ...gitRepositoryKind, metadata, spec: { url: 'http://127.0.0.1:2/dev.git' } };
  const kube = fakeKube(connected ? [source] : []);
  const engine = {
    name: 'embedded',
    access: async () => ({ kubeconfig: 'kubeconfig', context: 'acme-dev' }),
    gitSource: async () => ({ url: 'http://127.0.0.1:1/dev.git', username: 'flux', password: 'x' }),
  } as unknown as Engine;
  const deps = { root: repositoryRoot, connect: async () => kube } as unknown as Deps;
  const environment = await loadEnvironment(deps, 'dev');

  await startSteps(deps, { environment, engine, kept } as unknown as OpenCluster)
    .at(-1)
    ?.run(() => undefined);

  const now = await kube.get({ ...gitRepositoryKind, namespace: 'flux-system', name: rootName });
  return (now?.['spec'] as { ref: unknown }).ref;
}

it('follows the branch', async () => {
  expect(await followed()).toEqual({ branch: 'main' });
  expect(await followed('destroying')).toEqual({ branch: 'main' }); // the cluster from before is still there
});

it('stays at the commit of a rebuild that is unfinished: what was pushed meanwhile would come between it and the comparison', async () => {
  expect(await followed('rebuilding')).toEqual({ branch: 'main', commit });
});

it('connects nothing where no bootstrap came so far: namespaces and secrets may be missing', async () => {
  await expect(followed(undefined, false)).rejects.toMatchObject({
    code: 'CLUSTER_UNFINISHED',
    hint: 'platform bootstrap dev',
  });
  await expect(followed('rebuilding', false)).rejects.toMatchObject({
    code: 'CLUSTER_UNFINISHED',
    hint: 'platform nuke-and-rebuild dev',
  });
});

it('says that kubectl still uses the context of a stopped cluster, and how to use the one before', async () => {
  const folder = await temporaryTree({ config: users });
  const access = await writeEngineKubeconfig(folder, 'Q0Ex');
  const deps = {
    clock: steppingClock(),
    locations: locationsFrom({ HOME: folder, KUBECONFIG: join(folder, 'config') }),
  };
  const nothing = { says: [], next: [] };
  expect(await contextWhileStopped(deps, { access })).toEqual(nothing);

  await addContext(deps, access);

  expect(await contextWhileStopped(deps, { access })).toEqual({
    says: ['kubectl still uses its context, acme-dev; nothing answers there until it is started again.'],
    next: ['kubectl config use-context work'],
  });
  expect(await contextWhileStopped(deps, { access: undefined })).toEqual(nothing);
  await writeFile(join(folder, 'config'), '{');
  expect(await contextWhileStopped(deps, { access })).toEqual(nothing); // stopping needs no kubeconfig
});
