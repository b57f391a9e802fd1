// Makes cli/observe/why/corpus: applies the cases to a kind cluster of one node, waits until they are as broken as they
// get, and keeps of their objects what a model is made from, below what `why` is expected to say. By hand, when Kubernetes changes its words:
//
//   kind create cluster --name why-corpus
//   kind load docker-image corpus.local/shell:1 --name why-corpus
//   docker exec -d why-corpus-control-plane registry serve …   (two of them: see cases.js)
//   node cli/testing/why-corpus/record.js <kubeconfig> [kubectl] [seconds to wait]

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { cases } from './cases.js';
import { asYaml, trimmed } from './trim.js';

const [kubeconfig = '', program = 'kubectl', seconds = '150'] = process.argv.slice(2);
const kubectl = (args, input) =>
  execFileSync(program, ['--kubeconfig', kubeconfig, ...args], {
    input,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });

const tainted = 'unschedulable-taint';
const names = Object.keys(cases).filter((name) => name !== tainted);
for (const name of names) apply(name);
execFileSync('sleep', [seconds]);
for (const name of names) record(name);
// Only now: the scheduler judges pods that it could not place again.
kubectl(['taint', 'nodes', '--all', '--overwrite', 'for=databases:NoSchedule']);
apply(tainted);
execFileSync('sleep', ['5']);
record(tainted);

function apply(name) {
  const labels = name === 'pod-security' ? { 'pod-security.kubernetes.io/enforce': 'baseline' } : {};
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
  const objects = cases[name].map((object) => ({
    ...object,
    metadata: { ...object.metadata, namespace: name },
  }));
  const items = [namespace, ...objects];
  kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
}

function record(name) {
  const kinds = 'deployments,replicasets,jobs,pods,persistentvolumeclaims,events';
  const { items } = JSON.parse(kubectl(['get', kinds, '--namespace', name, '--output', 'json']));
  const file = join(import.meta.dirname, '../../observe/why/corpus', `${name}.yaml`);
  const expect = existsSync(file) ? parse(readFileSync(file, 'utf8')).expect : undefined;
  const recorded = { expect, takenAt: new Date().toISOString(), objects: trimmed(items) };
  writeFileSync(file, asYaml(recorded));
}
