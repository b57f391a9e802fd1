import { join } from 'node:path';
import { PlatformError } from '../../errors/platform-error.ts';
import { makePrivateDirectory, remove, writeFileAtomically } from '../../ports/files.ts';
import { renderKindConfig } from '../../render/render-kind-config.ts';
import { versions } from '../../toolchain/versions.ts';
import type { Environment } from '../../values/environment.ts';
import type { StateDirectory } from '../state-directory.ts';
import { stopSupervisor } from '../supervisor/client.ts';
import type { EngineDeps } from '../engine.ts';
import type { Docker, NodeContainer } from './docker.ts';
import { readKindRecord, writeKindRecord, type KindRecord } from './kind-record.ts';

/** In milliseconds. The node image (1 GB) may have to be pulled first. */
const createMs = 900_000;
/** What kind itself waits for the nodes to be Ready, after they run. */
const readyWait = '180s';

export type KindDeps = Pick<EngineDeps, 'root' | 'run' | 'clock'>;

/** One kind cluster with its place on disk. */
export interface KindCluster {
  readonly name: string;
  readonly environment: string;
  readonly directory: StateDirectory;
  readonly docker: Docker;
}

/**
 * Creates the cluster, or brings the containers of the one that is there back. A creation that was killed begins anew.
 *
 * @returns `wokenAt`, in milliseconds since 1970, when containers had to be started.
 * @throws {PlatformError} CLUSTER_FOREIGN for a cluster of this name that was not made from here; ENGINE_FAILED.
 */
export async function ensureNodes(
  deps: KindDeps,
  cluster: KindCluster,
  environment: Environment,
  say: (detail: string) => void,
): Promise<{ record: KindRecord; wokenAt?: number }> {
  const { name, docker, directory } = cluster;
  const record = await readKindRecord(directory.record, cluster.environment);
  const found = await docker.nodes(name);
  requireOwn(cluster, record, found);
  if (record?.nodes !== undefined && found.length > 0) {
    const missing = Object.keys(record.nodes).filter((node) => !found.some((each) => each.name === node));
    if (missing.length > 0) {
      throw new PlatformError(
        'ENGINE_FAILED',
        `the container ${missing.join(', ')} of the cluster is gone`,
        `platform nuke-and-rebuild ${cluster.environment}`,
      );
    }
    const now = deps.clock.now();
    return (await wake(docker, found, say)) ? { record, wokenAt: now } : { record };
  }
  const earlier = record?.nodes === undefined ? undefined : record;
  if (earlier) say('its containers are gone; creating it again');
  return { record: await create(deps, cluster, environment, say, earlier) };
}

/** @param earlier The record of the cluster whose containers are gone. */
async function create(
  deps: KindDeps,
  cluster: KindCluster,
  environment: Environment,
  say: (detail: string) => void,
  earlier: KindRecord | undefined,
): Promise<KindRecord> {
  const { name, directory, docker } = cluster;
  for (const path of [directory.root, directory.run, directory.logs]) await makePrivateDirectory(path);
  const { nodeImage = `kindest/node:v${versions['kind-node']}` } = environment.values.cluster;
  const record: KindRecord = {
    formatVersion: 1,
    engine: 'kind',
    createdAt: new Date(deps.clock.now()).toISOString(),
    name,
    nodeImage,
  };
  await writeKindRecord(directory.record, record); // from here on, what is found is ours
  try {
    await kindDelete(deps.run, name, directory);
    await kindCreate(deps, cluster, environment, nodeImage, say);
  } catch (error) {
    await takeBackRecord(deps, cluster, earlier, say);
    throw error;
  }
  const nodes = Object.fromEntries((await docker.nodes(name)).map((node) => [node.name, node.id]));
  const whole = { ...record, nodes };
  await writeKindRecord(directory.record, whole);
  return whole;
}

/**
 * A creation that left no container pins no engine. Where Docker does not say what it left, the record stays, since
 * `delete` needs it to find that.
 */
async function takeBackRecord(
  { clock }: KindDeps,
  { name, directory, docker }: KindCluster,
  earlier: KindRecord | undefined,
  say: (detail: string) => void,
): Promise<void> {
  const left = await docker.nodes(name).catch(() => undefined);
  if (left?.length !== 0) return;
  if (earlier) {
    await writeKindRecord(directory.record, earlier); // its git server and kubeconfig are still there to be deleted
    return;
  }
  await stopSupervisor(clock, directory, say); // of a cluster whose second creation was killed
  await remove(directory.record);
}

async function kindCreate(
  { root, run }: KindDeps,
  { name, directory }: KindCluster,
  environment: Environment,
  nodeImage: string,
  say: (detail: string) => void,
): Promise<void> {
  const { registryMirrors } = environment.values.cluster;
  const registries = join(directory.root, 'registries');
  await remove(registries);
  for (const [registry, mirror] of Object.entries(registryMirrors)) {
    await writeFileAtomically(join(registries, registry, 'hosts.toml'), hostsFile(registry, mirror));
  }
  const config = join(directory.run, 'kind.yaml');
  await writeFileAtomically(
    config,
    await renderKindConfig(root, environment, { name, image: nodeImage, registries }),
    0o600,
  );
  try {
    await run({
      tool: 'kind',
      args: [
        'create',
        'cluster',
        `--config=${config}`,
        `--kubeconfig=${kindKubeconfig(directory)}`,
        `--wait=${readyWait}`,
      ],
      timeoutMs: createMs,
      onErrorLine: (line) => {
        const doing = /^\s*[•✓✗]?\s*(\S.*?)\s*$/u.exec(line)?.[1];
        if (doing !== undefined) say(doing);
      },
    });
  } catch (error) {
    if (!(error instanceof PlatformError) || error.code === 'TOOL_MISSING') throw error;
    throw new PlatformError(
      'ENGINE_FAILED',
      `kind could not create the cluster ${name}: ${error.message}`,
      createHint(error.message, environment.name),
      { cause: error },
    );
  }
}

/** @see {@link https://github.com/containerd/containerd/blob/main/docs/hosts.md} */
function hostsFile(registry: string, mirror: string): string {
  const server = registry === 'docker.io' ? 'registry-1.docker.io' : registry;
  return `server = "https://${server}"\n\n[host."${mirror}"]\n  capabilities = ["pull", "resolve"]\n`;
}

function createHint(message: string, environment: string): string {
  const withoutDocker = `Or without Docker and its images: platform bootstrap ${environment} --engine embedded`;
  if (/port is already allocated|address already in use/i.test(message)) {
    return `Change cluster.ports in clusters/${environment}/values.yaml, or end what listens on that port`;
  }
  if (/pull|manifest unknown|not found|no such host|TLS handshake/i.test(message)) {
    return `Name an image that can be pulled, or that Docker has, as cluster.nodeImage in clusters/${environment}/values.yaml. ${withoutDocker}`;
  }
  return `platform doctor --engine kind, then run the same command again. ${withoutDocker}`;
}

/** Where kind writes its own kubeconfig: never into the user's. */
export function kindKubeconfig({ run }: StateDirectory): string {
  return join(run, 'kind.kubeconfig');
}

/** Absent is fine. */
export async function kindDelete(
  run: KindDeps['run'],
  name: string,
  directory: StateDirectory,
): Promise<void> {
  const args = ['delete', 'cluster', `--name=${name}`, `--kubeconfig=${kindKubeconfig(directory)}`];
  await run({ tool: 'kind', args, timeoutMs: 180_000 });
}

/**
 * @throws {PlatformError} CLUSTER_FOREIGN when containers of this cluster's name are there that were not made from here.
 */
export function requireOwn(
  { name, environment }: KindCluster,
  record: KindRecord | undefined,
  found: readonly NodeContainer[],
): void {
  const nodes = record?.nodes;
  const foreign =
    record === undefined
      ? found.length > 0
      : nodes !== undefined &&
        found.some(({ name: node, id }) => nodes[node] !== undefined && nodes[node] !== id);
  if (!foreign) return;
  throw new PlatformError(
    'CLUSTER_FOREIGN',
    `Docker has a kind cluster ${name} that was not created by platform bootstrap ${environment}`,
    `If nobody needs it: kind delete cluster --name ${name}. Or name another client in platform.yaml`,
  );
}

/** Containers that were stopped (a reboot) or paused go on. @returns Whether any had to be started. */
async function wake(
  docker: Docker,
  nodes: readonly NodeContainer[],
  say: (detail: string) => void,
): Promise<boolean> {
  const paused = nodes.filter(({ state }) => state === 'paused').map(({ name }) => name);
  const stopped = nodes.filter(({ state }) => !['running', 'paused', 'restarting'].includes(state));
  if (paused.length > 0) await docker.unpause(paused);
  if (stopped.length === 0) return false;
  say(`starting ${stopped.map(({ name }) => name).join(', ')}`);
  await docker.start(stopped.map(({ name }) => name));
  return true;
}
