import { Document, visit } from 'yaml';

/** Of warnings with one reason about one object, so many are enough. */
const alike = 2;

/**
 * What a recording keeps: of each object what a model is made from, and of events the newest warnings. Uids become short
 * and the same each time.
 */
export function trimmed(objects) {
  const uids = new Map(objects.map(({ metadata }, at) => [metadata.uid, `uid-${at + 1}`]));
  const sameAs = (event) => `${event.involvedObject.name} ${event.reason}`;
  const shown = objects.filter((object, at) => {
    if (object.kind !== 'Event') return true;
    const later = objects
      .slice(at + 1)
      .filter((other) => other.kind === 'Event' && sameAs(other) === sameAs(object));
    return object.type === 'Warning' && later.length < alike;
  });
  return shown.map((object) => withoutNothing(kept(object, uids)));
}

/** As YAML, with what fits into one line on one. */
export function asYaml(recording) {
  const document = new Document(recording);
  visit(document, {
    Collection: (_, node) => {
      node.flow = JSON.stringify(node).length < 120;
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

function kept(object, uids) {
  const { apiVersion, kind, metadata: full, spec, status, involvedObject } = object;
  const { name, namespace, generation, creationTimestamp, ownerReferences } = full;
  if (kind === 'Event') {
    const { type, reason, message, count, lastTimestamp, series, source } = object;
    const about = {
      kind: involvedObject.kind,
      namespace: involvedObject.namespace,
      name: involvedObject.name,
    };
    const metadata = { name, namespace };
    const from = { component: source?.component };
    const seen = { type, reason, message, count, lastTimestamp, series, source: from };
    return { apiVersion, kind, metadata, ...seen, involvedObject: about };
  }
  const uid = uids.get(full.uid);
  const revision = full.annotations?.['deployment.kubernetes.io/revision'];
  const metadata = {
    ...{ name, namespace, uid, generation, creationTimestamp },
    ownerReferences: ownerReferences?.map((owner) => ({
      kind: owner.kind,
      name: owner.name,
      uid: uids.get(owner.uid),
    })),
    annotations: revision && { 'deployment.kubernetes.io/revision': revision },
  };
  const shown = kind === 'ReplicaSet' ? undefined : keptSpec(spec);
  return { apiVersion, kind, metadata, spec: shown, status: keptStatus(kind, status) };
}

function keptSpec(spec = {}) {
  const { replicas, backoffLimit, completions, parallelism, storageClassName, volumes, template } = spec;
  const containers = (list) => list?.map(({ name, image, env, envFrom }) => ({ name, image, env, envFrom }));
  return {
    ...{ replicas, backoffLimit, completions, parallelism, storageClassName },
    volumes: volumes?.filter((volume) => !('projected' in volume)),
    containers: containers(spec.containers),
    initContainers: containers(spec.initContainers),
    template: template && { spec: keptSpec(template.spec) },
  };
}

/** A pod's conditions are read where they are not met; whatever is met says nothing. */
function keptStatus(of, status = {}) {
  const { observedGeneration, phase, reason, message, startTime, completionTime } = status;
  const { replicas, updatedReplicas, availableReplicas, readyReplicas, active, failed, succeeded } = status;
  const conditions = status.conditions?.filter((each) => of !== 'Pod' || each.status !== 'True');
  return {
    ...{ observedGeneration, phase, reason, message, startTime, completionTime },
    ...{ replicas, updatedReplicas, availableReplicas, readyReplicas, active, failed, succeeded },
    conditions: conditions?.map(({ type, status: is, reason, message, lastTransitionTime }) => ({
      ...{ type, status: is, reason, message, lastTransitionTime },
    })),
    initContainerStatuses: containerStatuses(status.initContainerStatuses),
    containerStatuses: containerStatuses(status.containerStatuses),
  };
}

/** Without addresses, and without what tells only of the image that was at hand. */
function containerStatuses(list) {
  return list?.map(({ name, image, ready, restartCount, state, lastState }) => ({
    ...{ name, image, ready, restartCount, state, lastState },
  }));
}

/** Without what is empty or null, all the way down. */
function withoutNothing(value) {
  if (Array.isArray(value)) return value.map(withoutNothing);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).flatMap(([key, child]) => {
    if (key === 'containerID') return [];
    const rest = withoutNothing(child);
    const nothing =
      rest === undefined || rest === null || (typeof rest === 'object' && Object.keys(rest).length === 0);
    return nothing ? [] : [[key, rest]];
  });
  return Object.fromEntries(entries);
}
