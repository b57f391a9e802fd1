import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { PlatformError } from '../../errors/platform-error.ts';
import {
  makePrivateDirectory,
  readBytes,
  readTextIfThere,
  remove,
  writeFileAtomically,
} from '../../ports/files.ts';
import { freePortAt, isPortFree } from '../../ports/loopback.ts';
import type { StateDirectory } from '../state-directory.ts';
import { isSupervised, readStatus, startSupervisor, stopSupervisor } from '../supervisor/client.ts';
import type { SupervisorPlan } from '../supervisor/plan.ts';
import { repositoryName, type ClusterSpec, type EngineDeps, type GitSource } from '../engine.ts';
import type { Docker } from './docker.ts';
import { answersNode, firewallHint, gitAddresses } from './git-address.ts';
import type { GitAddress, KindRecord } from './kind-record.ts';

const gitUser = 'git';

/** What the git server is started with, beside its address. */
export interface GitServer {
  readonly deps: EngineDeps;
  readonly directory: StateDirectory;
  readonly docker: Docker;
  readonly spec: ClusterSpec;
  /** The control plane's container. */
  readonly node: string;
  readonly notify: SupervisorPlan['notify'];
}

/**
 * Lets a git server run that the nodes reach, and that tells Flux of each push: the recorded one where it still answers a
 * node, else one at the first address that does.
 *
 * @throws {PlatformError} ENGINE_FAILED naming the firewall rule when no address of this machine answers a node.
 */
export async function ensureGitServer(
  server: GitServer,
  record: KindRecord,
  say: (detail: string) => void,
): Promise<GitAddress> {
  const { deps, directory, docker, node } = server;
  const kept = record.git === 'remote' ? undefined : record.git;
  if (kept && (await isSupervised(await readStatus(directory))) && (await isCurrent(server, kept))) {
    if (await answersNode(docker, node, kept)) return kept;
  }
  const networks = await docker.networks(node);
  const tried: string[] = [];
  for (const { listen, host } of gitAddresses(networks)) {
    const before = kept?.listen === listen && kept.host === host ? kept.port : undefined;
    await stopSupervisor(deps.clock, directory, say);
    const port =
      before !== undefined && (await isPortFree(before, listen)) ? before : await freePortAt(listen);
    const address = { listen, host, port };
    say(`probing ${host}:${String(port)} from ${node}`);
    await writePlan(server, address);
    await startSupervisor(deps.clock, directory, deps.locations.path);
    if (await answersNode(docker, node, address)) return address;
    tried.push(`${host}:${String(port)}`);
  }
  await stopSupervisor(deps.clock, directory, say);
  const port = Number(tried[0]?.split(':').at(-1) ?? 0);
  throw new PlatformError(
    'ENGINE_FAILED',
    `the nodes cannot reach the git server of this machine: ${node} got no answer from ${tried.join(' or ')}`,
    firewallHint(networks, port),
  );
}

/** Whether the running server was started with what it would be started with now. */
async function isCurrent(server: GitServer, address: GitAddress): Promise<boolean> {
  return (await readTextIfThere(server.directory.plan)) === (await planText(server, address));
}

async function planText(
  { deps, directory, spec, notify }: GitServer,
  { listen, port }: GitAddress,
): Promise<string> {
  const plan: SupervisorPlan = {
    formatVersion: 1,
    parts: [],
    git: {
      name: repositoryName(spec),
      repository: spec.repository,
      branch: spec.environment.git.branch,
      username: gitUser,
      password: await gitPassword(directory),
      listen,
      port,
      env: { PATH: deps.locations.path.join(':'), HOME: directory.root },
    },
    notify,
  };
  return JSON.stringify(plan, undefined, 2);
}

async function writePlan(server: GitServer, address: GitAddress): Promise<void> {
  const { deps, directory } = server;
  await remove(directory.temporary);
  await makePrivateDirectory(directory.temporary);
  await writeFileAtomically(directory.plan, await planText(server, address), 0o600);
  await writeFileAtomically(
    directory.supervisorProgram,
    await readBytes(join(deps.home, 'dist/supervisor.js')),
    0o600,
  );
}

/** How Flux fetches the repository. */
export async function gitSourceAt(
  directory: StateDirectory,
  spec: ClusterSpec,
  { host, port }: GitAddress,
): Promise<GitSource> {
  return {
    url: `http://${host}:${String(port)}/${repositoryName(spec)}.git`,
    username: gitUser,
    password: await gitPassword(directory),
  };
}

/** Made once for each cluster. */
async function gitPassword({ pki }: StateDirectory): Promise<string> {
  const path = join(pki, 'git.password');
  const there = (await readTextIfThere(path))?.trim();
  if (there !== undefined && there !== '') return there;
  const password = randomBytes(24).toString('base64url');
  await makePrivateDirectory(pki);
  await writeFileAtomically(path, `${password}\n`, 0o600);
  return password;
}
