import { PlatformError } from '../../errors/platform-error.ts';
import { fluxControllers } from '../../toolchain/flux-controllers.ts';
import { fluxImages } from '../flux/compose.ts';
import { installFlux } from '../flux/install.ts';
import { fluxParts } from '../flux/parts.ts';
import { kubectlWith } from '../kubectl.ts';
import { type ClusterName, contextName, removeState, stateDirectory } from '../state-directory.ts';
import { stopSupervisor } from '../supervisor/client.ts';
import type { ClusterAccess, ClusterSpec, Engine, EngineDeps } from '../engine.ts';
import { ensureNodes, kindDelete, requireOwn, type KindCluster } from './cluster.ts';
import { dockerWith } from './docker.ts';
import { ensureGitServer, gitSourceAt } from './git-server.ts';
import { writeKindKubeconfig, type ApiServer } from './kind-kubeconfig.ts';
import { findKindRecord, readKindRecord, writeKindRecord, type KindRecord } from './kind-record.ts';
import { kindStatus } from './kind-status.ts';
import { copyToNodes } from './node-images.ts';
import { waitForNodes } from './nodes-ready.ts';
import { prepareNotifier } from './notifier.ts';

/** In milliseconds: images of 100 MB may have to be pulled. */
const fluxMs = 600_000;

/** The cluster of Docker containers, made by kind: real nodes, real pods. */
export function kindEngine(deps: EngineDeps, where: ClusterName): Engine {
  const { run, clock } = deps;
  const directory = stateDirectory(deps.locations, where);
  const access: ClusterAccess = { kubeconfig: directory.kubeconfig, context: contextName(where) };
  const docker = dockerWith(run);
  const kubectl = kubectlWith(run, directory.kubeconfig, directory.temporary);
  const cluster: KindCluster = {
    name: contextName(where),
    environment: where.environment,
    directory,
    docker,
  };

  let wokenAt: number | undefined; // by this command

  const requireRecord = async (): Promise<KindRecord> => {
    const record = await readKindRecord(directory.record, where.environment);
    if (record) return record;
    throw new PlatformError(
      'CLUSTER_MISSING',
      `there is no cluster of ${where.environment}`,
      `platform bootstrap ${where.environment}`,
    );
  };

  /** Lets the nodes read the repository of this machine; where platform.yaml names a remote, Flux reads that instead. */
  const serve = async (
    spec: ClusterSpec,
    record: KindRecord,
    apiServer: ApiServer,
    say: (detail: string) => void,
  ): Promise<KindRecord['git']> => {
    if (spec.environment.git.remote !== undefined) {
      await stopSupervisor(clock, directory, say); // that of before
      return 'remote';
    }
    const kube = await deps.connect(access.kubeconfig);
    const notify = await prepareNotifier(kube, clock, apiServer, directory.run);
    const [node = ''] = Object.keys(record.nodes ?? {});
    return ensureGitServer({ deps, directory, docker, spec, node, notify }, record, say);
  };

  return {
    name: 'kind',
    standIns: [],
    start: async (spec, say) => {
      await docker.require();
      const { record, ...woken } = await ensureNodes(deps, cluster, spec.environment, say);
      wokenAt = woken.wokenAt;
      const { stdout } = await run({
        tool: 'kind',
        args: ['get', 'kubeconfig', `--name=${cluster.name}`],
        timeoutMs: 30_000,
      });
      const apiServer = await writeKindKubeconfig(directory.kubeconfig, stdout, access.context);
      await waitForNodes(clock, kubectl, wokenAt ?? 0, say);
      await writeKindRecord(directory.record, {
        ...record,
        git: await serve(spec, record, apiServer, say),
      });
      return access;
    },
    installFlux: async (spec, say, timeoutMs = fluxMs) => {
      await requireRecord();
      const { flux } = spec.environment.values;
      const kube = await deps.connect(access.kubeconfig);
      const parts = await fluxParts(deps, flux);
      const provideImages = async (note: typeof say): Promise<unknown> => {
        const images = await docker.images(fluxImages(flux)); // others are pulled
        return copyToNodes(run, docker, { cluster: cluster.name, images }, note);
      };
      const startedAfter = wokenAt;
      return installFlux({ kube, kubectl, clock, ...parts, provideImages, timeoutMs, startedAfter }, say);
    },
    gitSource: async (spec) => {
      const { git } = await requireRecord();
      if (git !== undefined && git !== 'remote') return gitSourceAt(directory, spec, git);
      throw new PlatformError(
        'CLUSTER_STOPPED',
        `no git server runs for the cluster of ${where.environment}`,
        `platform start ${where.environment}`,
      );
    },
    stop: async (say) => {
      await stopSupervisor(clock, directory, say);
      const running = (await docker.nodes(cluster.name)).filter(
        ({ state }) => state === 'running' || state === 'paused',
      );
      if (running.length === 0) return;
      const paused = running.filter(({ state }) => state === 'paused').map(({ name }) => name);
      if (paused.length > 0) await docker.unpause(paused);
      say(running.map(({ name }) => name).join(', '));
      await docker.stop(
        running.map(({ name }) => name),
        30,
      );
    },
    delete: async (say) => {
      const record = await findKindRecord(directory.record);
      if (record === undefined) return [];
      await docker.require();
      if (record !== 'damaged') requireOwn(cluster, record, await docker.nodes(cluster.name));
      await stopSupervisor(clock, directory, say);
      await kindDelete(run, cluster.name, directory);
      await removeState(directory);
      return [];
    },
    access: async () => {
      const record = await findKindRecord(directory.record);
      return record === undefined || record === 'damaged' || record.nodes === undefined ? undefined : access;
    },
    status: async () => kindStatus(docker, cluster),
    partLog: async (part, tail) => {
      const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');
      if ((fluxControllers as readonly string[]).includes(part)) {
        return lines(
          await kubectl(['logs', '--namespace=flux-system', `deployment/${part}`, `--tail=${String(tail)}`]),
        );
      }
      const nodes = await docker.nodes(cluster.name);
      return nodes.some(({ name }) => name === part) ? lines(await docker.logs(part, tail)) : undefined;
    },
  };
}
