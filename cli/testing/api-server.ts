import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { usablePorts } from '../engines/embedded/cluster-record.ts';
import { components } from '../engines/embedded/components.ts';
import { planParts } from '../engines/embedded/plan-parts.ts';
import { applyCrds, applyFluxCrds } from '../engines/flux/crds.ts';
import { applyObjects, kubectlWith } from '../engines/kubectl.ts';
import { writeKubeconfig } from '../engines/embedded/kubeconfig-file.ts';
import { createPki, pkiFiles } from '../engines/embedded/pki.ts';
import { stateDirectory } from '../engines/state-directory.ts';
import { readStatus, waitForParts } from '../engines/supervisor/client.ts';
import { defaultTiming, type SupervisorPlan } from '../engines/supervisor/plan.ts';
import { supervise } from '../engines/supervisor/supervise.ts';
import { makePrivateDirectory, writeFileAtomically } from '../ports/files.ts';
import { systemClock } from '../ports/clock.ts';
import { assetDirectory } from '../toolchain/assets.ts';
import { ensurePrograms } from '../toolchain/ensure-programs.ts';
import { realRun, toolDeps } from './real-tools.ts';

/** What alone is needed to ask the API server whether it would take an object. */
const names = ['etcd', 'kube-apiserver'];
const dryRun = ['apply', '--server-side', '--dry-run=server', '--validate=strict', '--filename=-'];
const quiet = (): void => undefined;

/** A real API server with Flux's CRDs and the namespaces of this repository, and nothing that acts on its objects. */
export interface ApiServer {
  /** Asks whether the server would take these objects; nothing is stored. @returns A line for each that it refuses. */
  readonly refusals: (objects: readonly object[]) => Promise<string[]>;
  readonly stop: () => Promise<void>;
}

export async function startApiServer(): Promise<ApiServer> {
  const folder = await mkdtemp(join(tmpdir(), 'platform api server '));
  const directory = stateDirectory({ state: folder }, { client: 'acme', environment: 'fuzz' });
  for (const path of [directory.etcd, directory.logs, directory.run, directory.temporary])
    await makePrivateDirectory(path);
  await createPki(directory.pki, systemClock.now());
  const [pki, ports] = [pkiFiles(directory.pki), await usablePorts()];
  const { kubeconfig } = directory;
  await writeKubeconfig(kubeconfig, {
    pki: directory.pki,
    identity: 'admin',
    port: ports.apiserver,
    name: 'a',
  });
  const path = toolDeps.locations.path;
  const programs = await ensurePrograms(toolDeps, names, quiet);
  const context = { directory, ports, stages: [], fluxCrds: [], componentCrds: {}, path, outbound: {} };
  const known = Object.fromEntries(components.map(({ name }) => [name, '']));
  const parts = planParts({ ...context, programs: { ...known, ...programs } });
  const plan: SupervisorPlan = {
    formatVersion: 1,
    parts: parts.filter(({ name }) => names.includes(name)),
    git: {
      name: 'none',
      repository: folder,
      branch: 'main',
      username: 'a',
      password: 'a',
      port: ports.git,
      env: {},
    },
    notify: { url: '', caFile: pki.ca, tokenFile: pki.token('supervisor') },
  };
  await writeFileAtomically(directory.plan, JSON.stringify(plan), 0o600);
  const stopping = new AbortController();
  const done = supervise({
    directory: directory.run,
    timing: defaultTiming,
    clock: systemClock,
    stopping: stopping.signal,
  });
  const stop = async (): Promise<void> => {
    stopping.abort();
    await done.finally(async () => rm(folder, { recursive: true, force: true }));
  };
  const run = realRun();
  const fill = async (): Promise<void> => {
    while (!(await readStatus(directory))) await systemClock.sleep(20, stopping.signal);
    await waitForParts(systemClock, directory, names, 60_000, quiet);
    const kubectl = kubectlWith(run, kubeconfig, directory.temporary);
    await applyFluxCrds(kubectl, await assetDirectory(toolDeps, 'flux-crds'));
    for (const name of ['external-secrets-crds', 'keda-crds'] as const)
      await applyCrds(kubectl, await assetDirectory(toolDeps, name));
    await applyObjects(kubectl, [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ml' } }]);
  };
  try {
    await Promise.race([fill(), done.then(() => Promise.reject(new Error('the supervisor ended')))]);
  } catch (error) {
    await stop().catch(() => undefined); // the first error tells more
    throw error;
  }
  return {
    refusals: async (objects) => {
      if (objects.length === 0) return [];
      const { exitCode, stderr } = await run({
        tool: 'kubectl',
        args: ['--kubeconfig', kubeconfig, ...dryRun],
        env: { KUBECACHEDIR: directory.temporary },
        input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }),
        timeoutMs: 300_000,
        okExitCodes: [0, 1],
      });
      return exitCode === 0 ? [] : stderr.split('\n').filter((line) => line !== '');
    },
    stop,
  };
}
