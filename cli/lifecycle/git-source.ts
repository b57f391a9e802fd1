import { join } from 'node:path';
import type { ClusterSpec, Engine } from '../engines/engine.ts';
import { PlatformError } from '../errors/platform-error.ts';
import type { Deps } from '../ports/deps.ts';
import { readTextIfThere } from '../ports/files.ts';
import type { Kube } from '../ports/kube.ts';
import type { BasicCredentials, GitAccess } from '../publish/git-credentials.ts';
import type { RemoteAddress } from '../publish/remote-address.ts';
import { remoteOf } from '../publish/remote-of.ts';
import { readSource } from '../reconcile/request-fetch.ts';
import type { Environment } from '../values/environment.ts';
import { readDeployKey } from './git-deploy-key.ts';
import { findHostKeys } from './git-host-keys.ts';
import { readGitToken } from './git-token.ts';
import type { KeptFiles } from './kept-files.ts';

type SourceDeps = Pick<Deps, 'root' | 'run' | 'locations'>;

/**
 * Refuses to push to where Flux does not look, as after `git.remote` was changed.
 *
 * @throws {PlatformError} GIT_UNUSABLE
 */
export async function requireFollowed(
  kube: Pick<Kube, 'get'>,
  environment: Pick<Environment, 'name' | 'git'>,
): Promise<void> {
  const { url } = await readSource(kube);
  const wanted = remoteOf(environment)?.url;
  if (url === undefined || url === wanted) return;
  if (wanted === undefined && url.startsWith('http://')) return; // what an engine serves
  throw new PlatformError(
    'GIT_UNUSABLE',
    `Flux in ${environment.name} follows ${url}, and platform.yaml names ${wanted ?? 'no remote'}: a push would reach nobody`,
    `platform bootstrap ${environment.name}`,
  );
}

/**
 * Where Flux reads an environment's repository, and what opens it: the remote with what is kept for it, else what the
 * engine serves.
 *
 * @throws {PlatformError} GIT_ACCESS_DENIED when no key or token is kept, GIT_HOST_UNTRUSTED; what the engine throws.
 */
export async function gitSourceOf(
  deps: SourceDeps,
  engine: Engine,
  spec: ClusterSpec,
  kept: KeptFiles,
): Promise<GitAccess> {
  const { environment } = spec;
  const address = remoteOf(environment);
  if (!address) {
    const { url, username, password } = await engine.gitSource(spec);
    return { url, credentials: { kind: 'basic', username, password } };
  }
  const { url } = address;
  if (address.protocol === 'https') {
    const token = await readGitToken(kept.gitToken);
    if (token === undefined) throw noToken(environment.name, address);
    return { url, credentials: await tokenCredentials(deps, environment, token) };
  }
  const key = await readDeployKey(deps, kept.deployKey);
  if (!key) {
    throw new PlatformError(
      'GIT_ACCESS_DENIED',
      `there is no deploy key of ${environment.name} for ${url}`,
      `platform bootstrap ${environment.name}`,
    );
  }
  const { identity, publicKey } = key;
  return {
    url,
    credentials: { kind: 'ssh', identity, publicKey, knownHosts: await findHostKeys(deps, address) },
  };
}

/** @throws {PlatformError} VALUES_INVALID when `git.caFile` holds no certificate. */
export async function tokenCredentials(
  { root }: Pick<Deps, 'root'>,
  { git }: Pick<Environment, 'git'>,
  token: string,
): Promise<BasicCredentials> {
  const basic = { kind: 'basic', username: git.username ?? 'git', password: token } as const;
  if (git.caFile === undefined) return basic;
  const ca = await readTextIfThere(join(root, git.caFile));
  if (ca?.includes('-----BEGIN CERTIFICATE-----') === true) return { ...basic, ca };
  throw new PlatformError(
    'VALUES_INVALID',
    ca === undefined
      ? `git.caFile of platform.yaml names ${git.caFile}, and there is no such file`
      : `git.caFile of platform.yaml names ${git.caFile}, which holds no certificate in PEM`,
    'Correct git.caFile, or take it out where a public authority has signed the certificate',
  );
}

export function noToken(environment: string, { url }: RemoteAddress): PlatformError {
  return new PlatformError(
    'GIT_ACCESS_DENIED',
    `no token is kept that lets Flux read ${url}`,
    `platform bootstrap ${environment} --git-token-stdin < token-file  # a token that may read this repository`,
  );
}
