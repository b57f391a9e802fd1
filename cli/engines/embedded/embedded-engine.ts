import { join } from 'node:path';
import { PlatformError } from '../../errors/platform-error.ts';
import { makePrivateDirectory, readBytes, remove, writeFileAtomically } from '../../ports/files.ts';
import { outboundEnvironment } from '../../ports/outbound-environment.ts';
import { versions } from '../../toolchain/versions.ts';
import {
  repositoryName,
  type ClusterAccess,
  type ClusterSpec,
  type Engine,
  type EngineDeps,
} from '../engine.ts';
import { type ClusterRecord, findRecord, readRecord, usablePorts, writeRecord } from './cluster-record.ts';
import { apiServerProbe, components, partKubeconfig, partsWith } from './components.ts';
import { engineStatus } from './engine-status.ts';
import { applyCrds, applyFluxCrds, crdNames } from '../flux/crds.ts';
import { kubectlWith } from '../kubectl.ts';
import { writeKubeconfig } from './kubeconfig-file.ts';
import { reconcileNodes } from './nodes.ts';
import { wakeFrozen } from '../supervisor/orphans.ts';
import { type Identity, createPki, identities, pkiFiles, readSecret, requirePki } from './pki.ts';
import { planParts } from './plan-parts.ts';
import { podBackStage } from './pod-stage.ts';
import { stageFiles } from './stage-files.ts';
import { alwaysStandIns, crdsOf, standInsOf, withoutStandIn } from './stand-ins.ts';
import { type ClusterName, contextName, removeState, stateDirectory } from '../state-directory.ts';
import {
  crashLoops,
  isInPlace,
  isSupervised,
  readStatus,
  startSupervisor,
  stopSupervisor,
  waitForParts,
} from '../supervisor/client.ts';
import type { SupervisorPlan } from '../supervisor/plan.ts';
import { removeTemporary, renewTemporary } from '../temporary-folder.ts';
import { type EmbeddedTools, toolchainOf } from './tools.ts';

/** Deadlines, in milliseconds: a loaded laptop takes ten times what an idle one does. */
const controlPlaneMs = 120_000;
const fluxMs = 120_000;

const gitUser = 'git';
const controlPlane = components
  .filter(({ needsFluxCrds, of }) => !needsFluxCrds && of === undefined)
  .map(({ name }) => name);

/**
 * The cluster of plain processes: a real control plane and the real Flux, on simulated nodes.
 *
 * @param tools   Where the programs come from; the toolchain unless a test says otherwise.
 * @param enabled The components of the infrastructure that the environment has.
 */
export function embeddedEngine(
  deps: EngineDeps,
  where: ClusterName,
  tools: EmbeddedTools = toolchainOf(deps),
  enabled: readonly string[] = [],
): Engine {
  const { clock } = deps;
  const directory = stateDirectory(deps.locations, where);
  const access: ClusterAccess = { kubeconfig: directory.kubeconfig, context: contextName(where) };
  const kubectl = kubectlWith(deps.run, directory.kubeconfig, directory.temporary);

  const standIns = standInsOf(enabled);
  const parts = partsWith(enabled).map(({ name }) => name);
  const controllers = parts.filter((name) => !controlPlane.includes(name));

  let launched = false; // by this command

  /** Whether a plan was made for other components than the environment has now. */
  const isOutdated = async (): Promise<boolean> => {
    const planned = (await readStatus(directory))?.parts.map(({ name }) => name) ?? parts;
    return [...planned].sort().join() !== [...parts].sort().join();
  };

  const launch = async (spec: ClusterSpec, say: (detail: string) => void): Promise<void> => {
    const programs = await tools.programs(parts, say);
    const record = await prepareRecord(programs);
    await writeKubeconfigs(record);
    await writeFileAtomically(directory.podStage, JSON.stringify(podBackStage), 0o600);
    const [crds, stages] = [await tools.assets('flux-crds'), await tools.assets('kwok-stages')];
    const context = {
      directory,
      ports: record.ports,
      programs,
      stages: [...(await stageFiles(stages)), directory.podStage],
      fluxCrds: await crdNames(crds),
      componentCrds: await crdsOf(standIns, tools),
      path: deps.locations.path,
      outbound: outboundEnvironment(),
    };
    const pki = pkiFiles(directory.pki);
    const source = '/apis/source.toolkit.fluxcd.io/v1/namespaces/flux-system/gitrepositories/platform';
    const { url } = apiServerProbe(context, pki, source);
    const plan: SupervisorPlan = {
      formatVersion: 1,
      parts: planParts(context),
      temporary: directory.temporary,
      git: {
        name: repositoryName(spec),
        repository: spec.repository,
        branch: spec.environment.git.branch,
        username: gitUser,
        password: await readSecret(pki.gitPassword),
        port: record.ports.git,
        env: { PATH: deps.locations.path.join(':'), HOME: directory.root },
      },
      notify: { url, caFile: pki.ca, tokenFile: pki.token('supervisor') },
    };
    await writeFileAtomically(directory.plan, JSON.stringify(plan, undefined, 2), 0o600);
    await writeFileAtomically(
      directory.supervisorProgram,
      await readBytes(join(deps.home, 'dist/supervisor.js')),
      0o600,
    );
    await startSupervisor(clock, directory, deps.locations.path);
    launched = true;
  };

  /** Reads the record, or creates what a new cluster consists of; a creation that was killed begins anew. */
  const prepareRecord = async (programs: Readonly<Record<string, string>>): Promise<ClusterRecord> => {
    const old = await readRecord(directory.record, where.environment);
    if (old) await requirePki(directory.pki, where.environment);
    else {
      await removeTemporary(directory.temporary);
      await remove(directory.root);
    }
    for (const path of [directory.root, directory.etcd, directory.logs, directory.run, directory.artifacts]) {
      await makePrivateDirectory(path);
    }
    await renewTemporary(directory.temporary);
    if (!old) await createPki(directory.pki, clock.now());
    const createdAt = old?.createdAt ?? new Date(clock.now()).toISOString();
    const ports = await usablePorts(old?.ports);
    const record: ClusterRecord = {
      formatVersion: 1,
      engine: 'embedded',
      createdAt,
      ports,
      versions,
      programs,
    };
    await writeRecord(directory.record, record);
    return record;
  };

  const writeKubeconfigs = async ({ ports }: ClusterRecord): Promise<void> => {
    const [pki, port] = [directory.pki, ports.apiserver];
    for (const identity of Object.keys(identities) as Identity[]) {
      const admin = identity === 'admin';
      const path = admin ? directory.kubeconfig : partKubeconfig(directory, identity);
      await writeKubeconfig(path, { pki, identity, port, name: admin ? access.context : identity });
    }
  };

  /** @param launches Starts the supervisor anew: with the programs of now, and other ports for those that are taken. */
  const bringUp = async (
    spec: ClusterSpec,
    say: (detail: string) => void,
    launches: boolean,
  ): Promise<void> => {
    if (launches) {
      await stopSupervisor(clock, directory, say); // or what a killed one left behind
      await launch(spec, say);
    }
    try {
      await waitForParts(clock, directory, controlPlane, controlPlaneMs, say);
    } catch (error) {
      if (!launches && crashLoops(await readStatus(directory))) return bringUp(spec, say, true);
      // The next start must not wait for a plan that failed: what was wrong with it may be mended by then.
      if (launches) await stopSupervisor(clock, directory, () => undefined);
      throw error;
    }
  };

  const requireRunning = async (): Promise<ClusterRecord> => {
    const record = await readRecord(directory.record, where.environment);
    const again = `platform bootstrap ${where.environment}`;
    if (!record)
      throw new PlatformError('CLUSTER_MISSING', `there is no cluster of ${where.environment}`, again);
    if (!(await isSupervised(await readStatus(directory)))) {
      throw new PlatformError(
        'CLUSTER_STOPPED',
        `the cluster of ${where.environment} is stopped`,
        `platform start ${where.environment}`,
      );
    }
    return record;
  };

  return {
    name: 'embedded',
    standIns: [...alwaysStandIns, ...standIns.map(({ says }) => says)],
    start: async (spec, say) => {
      await readRecord(directory.record, where.environment); // nothing is touched when it cannot be read
      await remove(`${directory.root}.deleting`);
      await wakeFrozen(directory);
      const before = await readStatus(directory);
      const anew = !(await isSupervised(before)) || crashLoops(before) || (await isOutdated());
      await bringUp(spec, say, anew);
      await reconcileNodes(kubectl, where.environment, spec.environment.values.cluster);
      return access;
    },
    installFlux: async (spec, say, timeoutMs = fluxMs) => {
      await requireRunning();
      const before = await readStatus(directory);
      const already = controllers.every((name) =>
        before?.parts.some((part) => part.name === name && isInPlace(part)),
      );
      say('CustomResourceDefinitions');
      await applyFluxCrds(kubectl, await tools.assets('flux-crds'));
      for (const { crds } of standIns)
        if (crds !== undefined) await applyCrds(kubectl, await tools.assets(crds));
      try {
        await waitForParts(clock, directory, controllers, timeoutMs, say);
      } catch (error) {
        if (launched || !crashLoops(await readStatus(directory))) throw error;
        await bringUp(spec, say, true);
        await waitForParts(clock, directory, controllers, timeoutMs, say);
      }
      return already ? 'already' : 'done';
    },
    gitSource: async (spec) => {
      const { ports } = await requireRunning();
      return {
        url: `http://127.0.0.1:${String(ports.git)}/${repositoryName(spec)}.git`,
        username: gitUser,
        password: await readSecret(pkiFiles(directory.pki).gitPassword),
      };
    },
    stop: async (say) => stopSupervisor(clock, directory, say),
    delete: async (say) => {
      await findRecord(directory.record); // a damaged one is deleted, too; one of a newer format is not
      await stopSupervisor(clock, directory, say);
      await removeTemporary(directory.temporary);
      await removeState(directory);
      return [];
    },
    access: async () => {
      const record = await findRecord(directory.record);
      return record === undefined || record === 'damaged' ? undefined : access;
    },
    status: async () => engineStatus(directory, parts),
    lacks: async () => withoutStandIn(standIns, tools, kubectl, (await isOutdated()) ? parts : []),
  };
}
