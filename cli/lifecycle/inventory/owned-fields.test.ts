import { expect, it } from 'vitest';
import type { KubeObject } from '../../ports/kube.ts';
import { comparableFields, ownedObject } from './owned-fields.ts';

/** What is compared of an object with itself. */
function compared(object: KubeObject, ignored?: readonly string[]): unknown {
  const one = ownedObject(object, ignored);
  return comparableFields(one, one).one;
}

const deployment: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {
    name: 'trades',
    namespace: 'ml',
    labels: { app: 'trades', scaledBy: 'someone' },
    managedFields: [
      {
        manager: 'kustomize-controller',
        operation: 'Apply',
        fieldsV1: {
          'f:metadata': { 'f:labels': { 'f:app': {} } },
          'f:spec': {
            'f:replicas': {},
            'f:template': {
              'f:spec': {
                'f:containers': { 'k:{"name":"trades"}': { '.': {}, 'f:name': {}, 'f:image': {} } },
              },
            },
          },
        },
      },
      { manager: 'kubectl', operation: 'Update', fieldsV1: { 'f:spec': { 'f:paused': {} } } },
    ],
  },
  spec: {
    paused: true,
    replicas: 2,
    template: {
      spec: {
        containers: [
          { name: 'sidecar', image: 'x' },
          { name: 'trades', image: 'trades:1', tty: false },
        ],
      },
    },
  },
};

it('keeps the fields that Flux wrote and leaves out defaults and what others wrote', () => {
  expect(compared(deployment)).toEqual({
    metadata: { labels: { app: 'trades' } },
    spec: { replicas: 2, template: { spec: { containers: [{ name: 'trades', image: 'trades:1' }] } } },
  });
});

it('gives the key names of a Secret and never a value', () => {
  const secret: KubeObject = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: 'database',
      managedFields: [{ manager: 'kustomize-controller', fieldsV1: { 'f:data': {} } }],
    },
    data: { password: 'aHVudGVyMg==', user: 'bWU=' },
  };
  expect(compared(secret)).toEqual({ data: ['password', 'user'] });
  expect(JSON.stringify(ownedObject(secret))).not.toContain('aHVudGVyMg');
});

it('counts what bootstrap applied, and not what it only asked for', () => {
  const quota: KubeObject = {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: {
      name: 'critical-pods',
      annotations: { 'reconcile.fluxcd.io/requestedAt': 'now' },
      managedFields: [
        // The server made 1k of the 1000 that both apply: whoever applied it last owns it alone.
        { manager: 'platform', operation: 'Apply', fieldsV1: { 'f:spec': { 'f:hard': { 'f:pods': {} } } } },
        { manager: 'kustomize-controller', operation: 'Apply', fieldsV1: { 'f:spec': { 'f:hard': {} } } },
        { manager: 'platform', operation: 'Update', fieldsV1: { 'f:metadata': { 'f:annotations': {} } } },
      ],
    },
    spec: { hard: { pods: '1k' } },
  };

  expect(compared(quota)).toEqual({ spec: { hard: { pods: '1k' } } });
});

it('leaves out what Flux leaves to others', () => {
  expect(compared(deployment, ['/spec/replicas', '/spec/nothing'])).not.toHaveProperty('spec.replicas');
  expect(compared(deployment, ['/spec/replicas'])).toHaveProperty('spec.template');
});

it('compares by value what is owned in one of two looks: who set a field back by hand owns it since', () => {
  const byHand = structuredClone(deployment);
  const [flux, kubectl] = byHand.metadata.managedFields ?? [];
  delete (flux?.fieldsV1 as Record<string, Record<string, unknown>>)['f:spec']?.['f:replicas'];
  Object.assign(kubectl?.fieldsV1 ?? {}, { 'f:spec': { 'f:replicas': {} } });
  const looks = (replicas: number): ReturnType<typeof comparableFields> =>
    comparableFields(
      ownedObject({ ...byHand, spec: { ...(byHand['spec'] as object), replicas } }),
      ownedObject(deployment),
    );

  expect(looks(2).one).toEqual(looks(2).other);
  expect(looks(3)).toMatchObject({ one: { spec: { replicas: 3 } }, other: { spec: { replicas: 2 } } });
});
