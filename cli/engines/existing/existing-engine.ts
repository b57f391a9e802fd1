import { join } from 'node:path';
import { PlatformError } from '../../errors/platform-error.ts';
import type { KubeObject } from '../../ports/kube.ts';
import { kubectlFor } from '../../ports/kubectl-for.ts';
import { remoteOf } from '../../publish/remote-of.ts';
import type { Environment } from '../../values/environment.ts';
import { kubectlWith, type Kubectl } from '../kubectl.ts';
import type { Engine, EngineDeps } from '../engine.ts';
import { installFlux } from '../flux/install.ts';
import { installedLabel } from '../flux/ownership.ts';
import { fluxParts, type FluxParts } from '../flux/parts.ts';
import { findEarlierFlux } from './earlier-flux.ts';
import { existingStatus } from './existing-status.ts';
import { findContext, lookForContext, type FoundContext } from './find-context.ts';
import { preflight } from './preflight.ts';
import { removeFlux } from './remove-flux.ts';

/** In milliseconds: images may have to be pulled. */
const fluxMs = 600_000;

/**
 * A cluster that was there before, reached through the kubeconfig context that values name and through no other. Nothing of
 * it is kept on this machine, and nothing is written to the user's kubeconfig: every machine with that context can work on it.
 */
export function existingEngine(deps: EngineDeps, environment: Environment): Engine {
  const { run, clock, locations } = deps;
  const { name, values } = environment;
  const context = values.cluster.context ?? '';
  const find = async (): Promise<FoundContext> => findContext(locations, context, name);
  const kubectlOf = ({ kubeconfig }: FoundContext): Kubectl =>
    kubectlWith(run, kubeconfig, join(locations.cache, 'kubectl'), context);

  let composed: Promise<FluxParts> | undefined; // once for each command
  const manifests = async (): Promise<FluxParts> => (composed ??= fluxParts(deps, values.flux));

  return {
    name: 'existing',
    standIns: [],
    start: async (_spec, say) => {
      const url = requireRemote(environment);
      const access = await find();
      const kube = await deps.connect(access.kubeconfig, access.context);
      const { objects } = await manifests();
      await preflight({ kube, kubectl: kubectlOf(access), access, environment: name, url, objects }, say);
      return { kubeconfig: access.kubeconfig, context: access.context };
    },
    installFlux: async (_spec, say, timeoutMs = fluxMs) => {
      const access = await find();
      const kube = await deps.connect(access.kubeconfig, access.context);
      const { objects, crds } = await manifests();
      const { kind } = await findEarlierFlux(kube, kubectlFor(access.kubeconfig, access.context));
      const installed = kind === 'adopt' ? objects : objects.map(marked);
      const kubectl = kubectlOf(access);
      return installFlux({ kube, kubectl, clock, crds, objects: installed, timeoutMs }, say);
    },
    gitSource: async () =>
      Promise.reject(
        new PlatformError(
          'ENGINE_UNSUPPORTED',
          `the cluster of ${name} cannot read a repository on this machine`,
          nameRemote,
        ),
      ),
    stop: async () => Promise.reject(notOurs(name)),
    delete: async (say) => {
      const access = await find();
      const kube = await deps.connect(access.kubeconfig, access.context);
      const { objects, crds } = await manifests();
      return removeFlux({ kube, clock, crds, objects, kubectl: kubectlFor(access.kubeconfig, context) }, say);
    },
    access: async () => {
      const found = await lookForContext(locations, context);
      return found && { kubeconfig: found.kubeconfig, context: found.context };
    },
    status: async () => existingStatus(deps, context),
  };
}

const nameRemote = 'Name the repository in platform.yaml: git: { remote: ssh://git@… or https://… }';

/**
 * The address that Flux will read, as its GitRepository has it.
 *
 * @param instead What else can be done where there is none, as a sentence of the hint.
 * @throws {PlatformError} ENGINE_UNSUPPORTED where platform.yaml names none; VALUES_INVALID.
 */
export function requireRemote(environment: Pick<Environment, 'name' | 'git'>, instead?: string): string {
  const remote = remoteOf(environment);
  if (remote) return remote.url;
  throw new PlatformError(
    'ENGINE_UNSUPPORTED',
    `${environment.name} runs on an existing cluster, which cannot read a repository on this machine, and platform.yaml names no git.remote`,
    [nameRemote, ...(instead === undefined ? [] : [instead])].join('. '),
  );
}

/** For `stop` and `start`. */
export function notOurs(environment: string): PlatformError {
  return new PlatformError(
    'ENGINE_UNSUPPORTED',
    `the cluster of ${environment} was not made by this program, which neither stops nor starts it`,
    `platform status ${environment}, or platform bootstrap ${environment} to put the platform in order`,
  );
}

function marked(object: KubeObject): KubeObject {
  const { metadata } = object;
  return {
    ...object,
    metadata: { ...metadata, labels: { ...metadata.labels, [installedLabel]: 'platform' } },
  };
}
