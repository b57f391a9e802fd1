import { expect, it } from 'vitest';
import type { KubeObject } from '../../ports/kube.ts';
import { ownedFields } from './owned-fields.ts';

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
  expect(ownedFields(deployment)).toEqual({
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
  const fields = ownedFields(secret);
  expect(fields).toEqual({ data: ['password', 'user'] });
  expect(JSON.stringify(fields)).not.toContain('aHVudGVyMg');
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

  expect(ownedFields(quota)).toEqual({ spec: { hard: { pods: '1k' } } });
});
