// Makes cli/observe/why/corpus: applies the cases to a kind cluster of one node, waits until they are as broken as they
// get, and keeps of their objects what a model is made from. By hand, when Kubernetes changes its words:
//
//   kind create cluster --name why-corpus
//   kind load docker-image corpus.local/shell:1 --name why-corpus
//   docker exec -d why-corpus-control-plane registry serve …   (two of them: see cases.js)
//   node cli/testing/why-corpus/record.js <kubeconfig> [kubectl] [seconds to wait]

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cases } from './cases.js';

const [kubeconfig = '', program = 'kubectl', seconds = '150'] = process.argv.slice(2);
const kubectl = (args, input) =>
  execFileSync(program, ['--kubeconfig', kubeconfig, ...args], {
    input,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });

for (const [name, objects] of Object.entries(cases)) {
  const labels = name === 'pod-security' ? { 'pod-security.kubernetes.io/enforce': 'baseline' } : {};
  if (name === 'unschedulable-taint') {
    execFileSync('sleep', ['20']);
    kubectl(['taint', 'nodes', '--all', '--overwrite', 'for=databases:NoSchedule']);
  }
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
  const items = objects.map((object) => ({ ...object, metadata: { ...object.metadata, namespace: name } }));
  kubectl(
    ['apply', '-f', '-'],
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [namespace, ...items] }),
  );
}
execFileSync('sleep', [seconds]);

const kinds = 'deployments,replicasets,jobs,pods,persistentvolumeclaims,events';
const folder = join(import.meta.dirname, '../../observe/why/corpus');
for (const name of Object.keys(cases)) {
  const { items } = JSON.parse(kubectl(['get', kinds, '--namespace', name, '--output', 'json']));
  const recorded = { takenAt: new Date().toISOString(), objects: items.map(kept) };
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(recorded, null, 1)}\n`);
}

function kept(object) {
  const { apiVersion, kind, metadata: full, spec, status, involvedObject } = object;
  const { name, namespace, uid, generation, creationTimestamp, ownerReferences } = full;
  if (kind === 'Event') {
    const { type, reason, message, count, lastTimestamp, eventTime, series, source } = object;
    const about = { kind: involvedObject.kind, namespace: involvedObject.namespace, name: involvedObject.name };
    const from = { component: source?.component };
    const event = { type, reason, message, count, lastTimestamp, eventTime, series, source: from };
    return { apiVersion, kind, metadata: { name, namespace, creationTimestamp }, ...event, involvedObject: about };
  }
  const revision = full.annotations?.['deployment.kubernetes.io/revision'];
  const annotations = revision && { 'deployment.kubernetes.io/revision': revision };
  const owners = ownerReferences?.map((owner) => ({ kind: owner.kind, name: owner.name, uid: owner.uid }));
  const metadata = { name, namespace, uid, generation, creationTimestamp, ownerReferences: owners, annotations };
  return { apiVersion, kind, metadata, spec: keptSpec(spec), status: keptStatus(status) };
}

function keptSpec(spec = {}) {
  const { replicas, backoffLimit, completions, parallelism, storageClassName, volumes, template } = spec;
  const containers = (list) => list?.map(({ name, image, env, envFrom }) => ({ name, image, env, envFrom }));
  return {
    replicas,
    backoffLimit,
    completions,
    parallelism,
    storageClassName,
    volumes: volumes?.filter((volume) => !('projected' in volume)),
    containers: containers(spec.containers),
    initContainers: containers(spec.initContainers),
    template: template && { spec: keptSpec(template.spec) },
  };
}

const dropped = new Set(
  'hostIP hostIPs podIP podIPs qosClass imageID containerID volumeMounts allocatedResources resources user'.split(' '),
);

/** Without addresses, and without what tells only of the image that was at hand. */
function keptStatus(status = {}) {
  return JSON.parse(JSON.stringify(status, (key, value) => (dropped.has(key) ? undefined : value)));
}
