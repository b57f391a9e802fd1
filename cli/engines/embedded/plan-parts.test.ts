import { describe, expect, it } from 'vitest';
import { type ComponentContext, components } from './components.ts';
import { portNames, type Ports } from './cluster-record.ts';
import { nodeObjects } from './nodes.ts';
import { stateDirectory } from '../state-directory.ts';
import { planParts } from './plan-parts.ts';

const ports = Object.fromEntries(portNames.map((name, index) => [name, 21_000 + index])) as Ports;
const context: ComponentContext = {
  directory: stateDirectory({ state: '/state' }, { client: 'acme', environment: 'dev' }),
  ports,
  programs: Object.fromEntries(components.map(({ name }) => [name, `/tools/${name}`])),
  stages: ['/stages/pod-ready.yaml'],
  fluxCrds: ['gitrepositories.source.toolkit.fluxcd.io'],
  componentCrds: { 'external-secrets': ['externalsecrets.external-secrets.io'] },
  path: ['/usr/bin', '/bin'],
  outbound: { HTTPS_PROXY: 'http://proxy.example.test:3128' },
};
const parts = planParts(context);
const args = (name: string): readonly string[] => parts.find((part) => part.name === name)?.args ?? [];

describe('planParts', () => {
  it('gives every port once, and to 127.0.0.1 only', () => {
    const all = parts.flatMap((part) => part.args).join(' ');
    for (const [name, port] of Object.entries(ports)) {
      if (name !== 'git') expect(all).toContain(String(port)); // git is the supervisor's own
    }
    expect(all).not.toMatch(/0\.0\.0\.0|\[::\]|=:\d|localhost/);
    for (const name of ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler']) {
      expect(args(name)).toContain('--bind-address=127.0.0.1');
    }
    expect(new Set(Object.values(ports)).size).toBe(portNames.length);
  });

  it('starts nobody before the parts it needs', () => {
    const seen: string[] = [];
    for (const part of parts) {
      expect(seen).toEqual(expect.arrayContaining([...part.after]));
      seen.push(part.name);
    }
  });

  it('gives proxies to those alone that fetch from outside', () => {
    expect(parts.filter((part) => 'HTTPS_PROXY' in part.env).map(({ name }) => name)).toEqual([
      'source-controller',
      'external-secrets',
    ]);
  });

  it('keeps the data of etcd safe and its door locked', () => {
    expect(args('etcd')).toEqual(expect.arrayContaining(['--client-cert-auth', '--peer-client-cert-auth']));
    expect(args('etcd').join(' ')).not.toMatch(/fsync|http:/);
  });

  it('starts the controller of a component where the environment has it, behind its CRDs', () => {
    const part = parts.find(({ name }) => name === 'external-secrets');
    expect(part?.when.map(({ url }) => url.split('/').at(-1))).toEqual([
      'externalsecrets.external-secrets.io',
    ]);
    expect(planParts({ ...context, componentCrds: {} }).map(({ name }) => name)).not.toContain(
      'external-secrets',
    );
  });

  it('lets only controllers wait for CRDs', () => {
    const waiting = parts.filter(({ when }) => when.length > 0);
    expect(waiting.map(({ name }) => name)).toEqual([
      'source-controller',
      'kustomize-controller',
      'helm-controller',
      'external-secrets',
    ]);
    expect(waiting[0]?.when[0]).toMatchObject({
      url: 'https://127.0.0.1:21000/apis/apiextensions.k8s.io/v1/customresourcedefinitions/gitrepositories.source.toolkit.fluxcd.io',
      expect: 'established',
    });
  });
});

describe('nodeObjects', () => {
  it('makes as many nodes as the values say, of their size and without taints', () => {
    const nodes = nodeObjects('dev', { nodes: 2, nodeCpu: '4', nodeMemory: '16Gi' });

    expect(nodes).toHaveLength(2);
    expect(nodes[1]).toMatchObject({
      metadata: { name: 'dev-node-2', labels: { 'kubernetes.io/hostname': 'dev-node-2' } },
      status: { allocatable: { cpu: '4', memory: '16Gi', pods: '110' } },
    });
    expect(JSON.stringify(nodes)).not.toContain('taint');
  });
});
