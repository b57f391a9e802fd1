import { formatRef, refOf, type KubeObject } from '../../ports/kube.ts';
import type { ClusterIndex } from '../cluster-index.ts';
import { conditionOf, listAt, textAt } from '../fields.ts';
import { controllerOf } from '../flux-controllers.ts';
import type { State } from '../model.ts';
import { sourceOf } from '../state/flux-state.ts';
import { podProblem } from '../state/pod-problem.ts';

/** Tells the state of any Flux object or workload; undefined where it is not in the cluster. */
export type StateOf = (id: string) => State | undefined;

/**
 * What an object that is not Ready waits for: its dependency, its source, an unhealthy object it applied, its pod.
 *
 * @returns An id, of an object that may be missing in the cluster; undefined where the object itself is to blame.
 */
export function blockerOf(object: KubeObject, index: ClusterIndex, stateOf: StateOf): string | undefined {
  if (object.metadata.deletionTimestamp !== undefined) return keptBy(object, index, stateOf);
  const controller = idleController(object, index, stateOf);
  if (controller !== undefined) return controller;
  switch (object.kind) {
    case 'Kustomization':
    case 'HelmRelease':
    case 'HelmChart':
      return applierBlocker(object, index, stateOf);
    case 'Deployment':
      return deploymentBlocker(object, index);
    case 'StatefulSet':
    case 'DaemonSet':
    case 'ReplicaSet':
      return troubledPod([object], index);
    case 'Pod':
      return unboundClaim(object, index);
    case 'ExternalSecret':
      return storeInTrouble(object, index, stateOf);
    case 'Job':
      return conditionOf(object, 'Failed')?.status === 'True' ? undefined : troubledPod([object], index);
    default:
      return undefined;
  }
}

/** What Flux deletes before the object that applied it may go, and something else still holds. */
function keptBy(object: KubeObject, index: ClusterIndex, stateOf: StateOf): string | undefined {
  const self = formatRef(refOf(object));
  return index
    .inventory(self)
    .map(formatRef)
    .find((id) => id !== self && stateOf(id) === 'Deleting');
}

/** The Deployment of the controller that leaves an object as it is, where controllers are pods and that one does not run. */
function idleController(object: KubeObject, index: ClusterIndex, stateOf: StateOf): string | undefined {
  const self = stateOf(formatRef(refOf(object)));
  const name = controllerOf(object.kind, object.apiVersion);
  if (name === undefined || (self !== 'Stale' && self !== 'Unknown')) return undefined;
  const deployment = index.all('Deployment').find(({ metadata }) => metadata.name === name);
  const id = deployment && formatRef(refOf(deployment));
  return id !== undefined && stateOf(id) !== 'Ready' ? id : undefined;
}

const sourceReasons = new Set(['ArtifactFailed', 'SourceNotReady', 'NoSourceArtifact']);

function applierBlocker(object: KubeObject, index: ClusterIndex, stateOf: StateOf): string | undefined {
  const ready = conditionOf(object, 'Ready');
  const reason = ready?.reason ?? '';
  if (ready?.status === 'False' && sourceReasons.has(reason)) {
    const source = sourceOf(object);
    return source !== undefined && stateOf(source) !== 'Ready' ? source : undefined;
  }
  if (reason === 'DependencyNotReady') return dependencyOf(object, ready?.message ?? '', stateOf);
  const checking = (conditionOf(object, 'Reconciling')?.message ?? '').startsWith('Running health checks');
  const failed = reason === 'HealthCheckFailed' || object.kind === 'HelmRelease';
  if (ready?.status === 'True' || !(checking || failed)) return undefined;
  return unhealthyOf(object, index, stateOf);
}

/** Flux says `dependency 'namespace/name' is not ready`, or `… not found`. */
function dependencyOf(object: KubeObject, message: string, stateOf: StateOf): string | undefined {
  const named = /dependency '([^']+)'/.exec(message)?.[1];
  if (named !== undefined) {
    const id = `${object.kind}/${named}`;
    if (stateOf(id) !== 'Ready') return id;
  }
  return listAt(object, 'spec', 'dependsOn')
    .map(
      (entry) =>
        `${object.kind}/${textAt(entry, 'namespace') || (object.metadata.namespace ?? '')}/${textAt(entry, 'name')}`,
    )
    .find((id) => stateOf(id) !== 'Ready');
}

/** Of all it applied: what the health check named first, then what failed, then what is under way. */
function unhealthyOf(object: KubeObject, index: ClusterIndex, stateOf: StateOf): string | undefined {
  const self = formatRef(refOf(object));
  const named = new Set(
    [...(conditionOf(object, 'Ready')?.message ?? '').matchAll(/(\w+\/[^\s\]]+) status:/g)].map(
      ([, id = '']) => id,
    ),
  );
  const rank = (id: string): number => (named.has(id) ? 0 : 2) + (stateOf(id) === 'Failed' ? 0 : 1);
  return index
    .inventory(self)
    .map(formatRef)
    .filter((id) => id !== self && index.find(id) !== undefined)
    .filter((id) => stateOf(id) !== undefined && stateOf(id) !== 'Ready')
    .sort((a, b) => rank(a) - rank(b))[0];
}

function deploymentBlocker(object: KubeObject, index: ClusterIndex): string | undefined {
  const sets = index
    .childrenOf(object)
    .filter(({ kind }) => kind === 'ReplicaSet')
    .sort((a, b) => revisionOf(b) - revisionOf(a));
  const pod = troubledPod(sets.slice(0, 1), index);
  if (pod !== undefined) return pod;
  const newest = sets[0];
  return newest && conditionOf(newest, 'ReplicaFailure')?.status === 'True'
    ? formatRef(refOf(newest))
    : undefined;
}

/** A claim that keeps a pod off every node: one that is not there, or that has no volume. */
function unboundClaim(pod: KubeObject, index: ClusterIndex): string | undefined {
  if (!/persistentvolumeclaim/i.test(conditionOf(pod, 'PodScheduled')?.message ?? '')) return undefined;
  return listAt(pod, 'spec', 'volumes')
    .map((volume) => textAt(volume, 'persistentVolumeClaim', 'claimName'))
    .filter((name) => name !== '')
    .map((name) => `PersistentVolumeClaim/${pod.metadata.namespace ?? 'default'}/${name}`)
    .find((id) => textAt(index.find(id), 'status', 'phase') !== 'Bound');
}

/** The store that an ExternalSecret reads, where that one is there and not Ready. */
function storeInTrouble(external: KubeObject, index: ClusterIndex, stateOf: StateOf): string | undefined {
  const name = textAt(external, 'spec', 'secretStoreRef', 'name');
  const kind = textAt(external, 'spec', 'secretStoreRef', 'kind') || 'SecretStore';
  const place = kind === 'SecretStore' ? `${external.metadata.namespace ?? 'default'}/` : '';
  const store = index.find(`${kind}/${place}${name}`);
  const id = store && formatRef(refOf(store));
  return id !== undefined && stateOf(id) !== 'Ready' ? id : undefined;
}

function revisionOf({ metadata }: KubeObject): number {
  return Number(metadata.annotations?.['deployment.kubernetes.io/revision'] ?? 0);
}

/** The pod with the most telling trouble: a pod that merely starts says less than one that cannot. */
function troubledPod(owners: readonly KubeObject[], index: ClusterIndex): string | undefined {
  const dull = new Set(['Pending', 'Running', 'NotReady']);
  const troubled = owners
    .flatMap((owner) => index.childrenOf(owner))
    .filter(({ kind, metadata }) => kind === 'Pod' && metadata.deletionTimestamp === undefined)
    .flatMap((pod) => {
      const problem = podProblem(pod);
      return problem ? [{ pod, rank: dull.has(problem.reason) ? 1 : 0 }] : [];
    })
    .sort((a, b) => a.rank - b.rank)[0];
  return troubled && formatRef(refOf(troubled.pod));
}
