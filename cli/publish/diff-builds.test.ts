import { describe, expect, it } from 'vitest';
import type { Build } from '../build/build.ts';
import { parseManifests } from '../build/manifests.ts';
import { diffBuilds } from './diff-builds.ts';

/** One Kustomization `app` in namespace `ml` with the objects of this YAML. */
function build(yaml: string, settings: { name?: string; prune?: boolean } = {}): Build {
  const { name = 'app', prune = true } = settings;
  const objects = parseManifests(yaml).map((object) => ({
    ...object,
    metadata: { namespace: 'ml', ...object.metadata },
  }));
  const rest = { path: 'apps/app', dependsOn: [], wait: false };
  return { environment: 'dev', fluxObjects: [], kustomizations: [{ name, prune, objects, ...rest }] };
}

const config = (level: string, name = 'web'): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata: { LEVEL: ${level} }\n---\n`;
const deployment = (image: string, more = ''): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, annotations: { reloader.stakater.com/auto: "true" } }
spec:
  replicas: 1
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: "${image}", envFrom: [{ configMapRef: { name: web } }] }] }
${more}---
`;
const job = (hash: string, image: string): string => `apiVersion: batch/v1
kind: Job
metadata: { name: fill-1-${hash}, labels: { app.kubernetes.io/name: fill, app.kubernetes.io/component: "1" } }
spec: { template: { spec: { containers: [{ name: fill, image: "${image}" }] } } }
---
`;

describe('diffBuilds', () => {
  it('marks a new image and shows it', () => {
    expect(diffBuilds(build(deployment('web:1')), build(deployment('web:2')))).toEqual([
      {
        ref: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'ml', name: 'web' },
        kustomization: 'app',
        change: 'update',
        fields: [{ path: 'spec.template.spec.containers[web].image', before: 'web:1', after: 'web:2' }],
        marks: ['image'],
      },
    ]);
  });

  it('names the workloads that read a changed ConfigMap when they start next', () => {
    const web = deployment('web:1');
    const changes = diffBuilds(build(config('info') + web), build(config('debug') + web));
    expect(changes).toMatchObject([{ ref: { kind: 'ConfigMap' }, nextStart: ['Deployment/ml/web'] }]);
    expect(changes[0]).not.toHaveProperty('restarts');
  });

  it('names them as those that Reloader restarts, where it is enabled', () => {
    const web = deployment('web:1');
    const [reloader] = build('', { name: 'reloader' }).kustomizations;
    const enabled = (one: Build): Build => ({
      ...one,
      kustomizations: [...one.kustomizations, ...(reloader ? [reloader] : [])],
    });
    const [before, after] = [enabled(build(config('info') + web)), enabled(build(config('debug') + web))];
    expect(diffBuilds(before, after)).toMatchObject([{ restarts: ['Deployment/ml/web'] }]);
    expect(diffBuilds(before, after)[0]).not.toHaveProperty('nextStart');
  });

  it('names none for a ConfigMap that nobody refers to', () => {
    const web = deployment('web:1');
    const changes = diffBuilds(build(config('info', 'x') + web), build(config('debug', 'x') + web));
    expect(changes[0]?.nextStart).toBeUndefined();
  });

  it('shows a Job with another hash as one that runs again, not as one deleted and one created', () => {
    const changes = diffBuilds(build(job('aaaa1111', 'fill:1')), build(job('bbbb2222', 'fill:2')));
    expect(changes).toMatchObject([
      {
        ref: { kind: 'Job', name: 'fill-1-bbbb2222' },
        change: 'update',
        marks: ['job-rerun', 'image'],
        fields: [
          { path: 'metadata.name', before: 'fill-1-aaaa1111' },
          { before: 'fill:1', after: 'fill:2' },
        ],
      },
    ]);
  });

  it('marks a Job whose pods change under the same name: the API server refuses it', () => {
    const changes = diffBuilds(build(job('a', 'fill:1')), build(job('a', 'fill:2')));
    expect(changes[0]?.marks).toEqual(['immutable', 'image']);
  });

  it.each([
    [
      'a Deployment’s selector',
      deployment('w:1'),
      deployment('w:1').replace('matchLabels: { app: web }', 'matchLabels: { app: x }'),
    ],
    [
      'the size of a StatefulSet’s volumes',
      'apiVersion: apps/v1\nkind: StatefulSet\nmetadata: { name: s }\nspec: { volumeClaimTemplates: [{ a: 1 }] }',
      'apiVersion: apps/v1\nkind: StatefulSet\nmetadata: { name: s }\nspec: { volumeClaimTemplates: [{ a: 2 }] }',
    ],
    [
      'a Service’s clusterIP',
      'apiVersion: v1\nkind: Service\nmetadata: { name: s }\nspec: { clusterIP: None }',
      'apiVersion: v1\nkind: Service\nmetadata: { name: s }\nspec: {}',
    ],
    [
      'the data of an immutable ConfigMap',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }\nimmutable: true\ndata: { a: b }',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }\nimmutable: true\ndata: { a: c }',
    ],
  ])('marks %s as immutable', (_, before, after) => {
    expect(diffBuilds(build(before), build(after))[0]?.marks).toEqual(['immutable']);
  });

  it('marks replicas that go to 0', () => {
    const after = deployment('web:1').replace('replicas: 1', 'replicas: 0');
    expect(diffBuilds(build(deployment('web:1')), build(after))[0]?.marks).toEqual(['replicas-0']);
  });

  it('tells what Flux deletes from what only leaves git', () => {
    const kept =
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: k, annotations: { kustomize.toolkit.fluxcd.io/prune: disabled } }\n';
    expect(diffBuilds(build(config('info') + kept), build(''))).toMatchObject([
      { ref: { name: 'web' }, change: 'prune', marks: ['prune'] },
      { ref: { name: 'k' }, change: 'prune', marks: ['kept'] },
    ]);
    expect(diffBuilds(build(config('info'), { prune: false }), build(''))[0]?.marks).toEqual(['kept']);
  });

  it('says which Kustomization an object moves to', () => {
    const changes = diffBuilds(build(config('info')), build(config('info'), { name: 'other' }));
    expect(changes[0]?.fields).toEqual([{ path: '(kustomization)', before: 'app', after: 'other' }]);
  });

  it('shows the key names of a Secret, never a value', () => {
    const secret = (data: string): string => `apiVersion: v1\nkind: Secret\nmetadata: { name: s }\n${data}`;
    const changes = diffBuilds(
      build(secret('data: { a: b2xk }')),
      build(secret('data: { a: bmV3, b: Yg== }\nstringData: { c: plain }')),
    );
    expect(changes[0]?.fields).toEqual([
      { path: 'data.a', before: '(hidden)', after: '(hidden)' },
      { path: 'data.b', before: undefined, after: '(hidden)' },
      { path: 'stringData', before: undefined, after: { c: '(hidden)' } },
    ]);
    expect(JSON.stringify(changes)).not.toMatch(/b2xk|bmV3|Yg==|plain/);
  });
});
