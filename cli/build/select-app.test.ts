import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../ports/kube.ts';
import type { Build } from './build.ts';
import { appObjects } from './select-app.ts';

function object(kind: string, name: string, namespace?: string): KubeObject {
  return { apiVersion: 'v1', kind, metadata: { name, ...(namespace === undefined ? {} : { namespace }) } };
}

const settings = { dependsOn: [], wait: false, prune: true };
const build: Build = {
  environment: 'dev',
  fluxObjects: [object('Kustomization', 'web', 'flux-system')],
  kustomizations: [
    {
      ...settings,
      name: 'ns',
      path: 'infrastructure/namespaces',
      objects: [object('Namespace', 'ml'), object('Namespace', 'x')],
    },
    { ...settings, name: 'fill-1', path: 'apps/fill/overlays/dev/1', objects: [object('Job', 'one', 'ml')] },
    { ...settings, name: 'fill-2', path: 'apps/fill/overlays/dev/2', objects: [object('Job', 'two', 'ml')] },
    { ...settings, name: 'web', path: 'apps/web/overlays/dev', objects: [object('Deployment', 'web', 'ml')] },
  ],
};

describe('appObjects', () => {
  it('gives all stages of an app in order, after the namespaces they need', () => {
    expect(appObjects(build, 'fill').map(({ metadata }) => metadata.name)).toEqual(['ml', 'one', 'two']);
  });

  it('guesses the app that a mistyped name stands for', () => {
    expect(() => appObjects(build, 'webb')).toThrow(
      expect.objectContaining({ code: 'APP_UNKNOWN', hint: 'Did you mean web?' }),
    );
  });
});
