import { expect, it } from 'vitest';
import type { KubeObject } from '../../ports/kube.ts';
import { fieldAt } from './field-path.ts';
import { managersOf } from './field-manager.ts';

const flux = { manager: 'kustomize-controller', time: '2026-01-01T10:00:00Z' };
const edit = { manager: 'kubectl-edit', time: '2026-01-01T11:00:00Z' };
const container = { name: 'web', image: 'web:1', args: ['-v'], terminationMessagePath: '/dev/x' };
const object: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {
    name: 'web',
    managedFields: [
      {
        ...flux,
        fieldsV1: {
          'f:spec': {
            'f:replicas': {},
            'f:containers': { 'k:{"name":"web"}': { '.': {}, 'f:image': {}, 'f:args': {} } },
            'f:finalizers': { 'v:"keep"': {} },
          },
        },
      },
      { ...edit, fieldsV1: { 'f:spec': { 'f:replicas': {} } } },
    ],
  },
  spec: { replicas: 3, containers: [container], finalizers: ['keep'] },
};

it.each([
  ['spec.replicas', ['kubectl-edit', 'kustomize-controller']],
  ['spec.containers[web].image', ['kustomize-controller']],
  ['spec.containers[web].args[0]', ['kustomize-controller']],
  ['spec.finalizers[0]', ['kustomize-controller']],
  ['spec.containers[web].terminationMessagePath', []],
])('%s is owned by %j', (path, owners) => {
  const field = fieldAt(object, path);

  expect(field && managersOf(object, field).map(({ name }) => name)).toEqual(owners);
});
