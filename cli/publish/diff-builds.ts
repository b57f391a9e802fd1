import type { Build } from '../build/build.ts';
import { refOf, type KubeObject, type ObjectRef } from '../ports/kube.ts';
import { diffFields, type FieldChange } from './diff-fields.ts';
import { isImageChange, isImmutableChange, isKept, isScaledToZero } from './diff-marks.ts';
import { restartedBy } from './diff-restarts.ts';
import { withoutSecrets } from './diff-secrets.ts';

/**
 * What a reader must not miss: `prune` Flux deletes the object · `kept` it leaves git but stays in the cluster · `immutable`
 * the API server will refuse the change · `job-rerun` a Job runs again under a new name · `replicas-0` nothing runs
 * any more · `image` another program.
 */
export type Mark = 'prune' | 'kept' | 'immutable' | 'job-rerun' | 'replicas-0' | 'image';

/** What the next revision does to one object. */
export interface ObjectChange {
  readonly ref: ObjectRef;
  /** The Flux Kustomization that applies it; `flux` for the Flux objects themselves. */
  readonly kustomization: string;
  readonly change: 'create' | 'update' | 'prune';
  /** Empty for `create` and `prune`. Values of Secrets are hidden. */
  readonly fields: readonly FieldChange[];
  readonly marks: readonly Mark[];
  /** `Kind/namespace/name` of the workloads that Reloader restarts because of it. */
  readonly restarts?: readonly string[];
  /** The same, where Reloader is not enabled: they get it when their pods start next, whenever that is. */
  readonly nextStart?: readonly string[];
}

/** The component's name, and that of its Kustomization. */
const reloader = 'reloader';

interface Owned {
  readonly object: KubeObject;
  readonly kustomization: string;
  readonly prune: boolean;
}

/** What changes between two builds of one environment: in the order of its Kustomizations, what is deleted last. */
export function diffBuilds(before: Build, after: Build): ObjectChange[] {
  const [old, fresh] = [byIdentity(before), byIdentity(after)];
  const gone = [...old].filter(([key]) => !fresh.has(key)).map(([, owned]) => owned);
  const added = [...fresh].filter(([key]) => !old.has(key)).map(([, owned]) => owned);
  const reruns = matchJobs(gone, added);
  const rerunFrom = new Set(reruns.values());
  const objects = [...fresh.values()].map(({ object }) => object);
  const reloads = after.kustomizations.some(({ name }) => name === reloader);
  const changes = [...fresh].flatMap(([key, owned]): ObjectChange[] => {
    const earlier = old.get(key) ?? reruns.get(owned);
    if (earlier === undefined) return [{ ...base(owned), change: 'create', fields: [], marks: [] }];
    return update(earlier, owned, objects, reloads);
  });
  const pruned = gone
    .filter((owned) => !rerunFrom.has(owned))
    .map((owned): ObjectChange => {
      const mark = isKept(owned.object, owned.prune) ? 'kept' : 'prune';
      return { ...base(owned), change: 'prune', fields: [], marks: [mark] };
    });
  return [...changes, ...pruned];
}

function update(
  earlier: Owned,
  owned: Owned,
  objects: readonly KubeObject[],
  reloads: boolean,
): ObjectChange[] {
  const [before, after] = [earlier.object, owned.object];
  const fields = withoutSecrets(after, diffFields(before, after));
  const moved = { path: '(kustomization)', before: earlier.kustomization, after: owned.kustomization };
  if (earlier.kustomization !== owned.kustomization) fields.unshift(moved);
  if (fields.length === 0) return [];
  const rerun = before.metadata.name !== after.metadata.name;
  const marks: Mark[] = [
    ...(rerun ? (['job-rerun'] as const) : []),
    ...(!rerun && isImmutableChange(before, after) ? (['immutable'] as const) : []),
    ...(isScaledToZero(before, after) ? (['replicas-0'] as const) : []),
    ...(isImageChange(before, after) ? (['image'] as const) : []),
  ];
  const dataChanged = fields.some(({ path }) => /^(data|binaryData|stringData)\b/.test(path));
  const readers = dataChanged ? restartedBy(after, objects) : [];
  const reach = readers.length === 0 ? {} : reloads ? { restarts: readers } : { nextStart: readers };
  return [{ ...base(owned), change: 'update', fields, marks, ...reach }];
}

function base({ object, kustomization }: Owned): Pick<ObjectChange, 'ref' | 'kustomization'> {
  return { ref: refOf(object), kustomization };
}

/** Without the API version: a new version of the same object is an update. */
function byIdentity(build: Build): Map<string, Owned> {
  const root = { name: 'flux', prune: true, objects: build.fluxObjects };
  return new Map(
    [root, ...build.kustomizations].flatMap(({ name, prune, objects }) =>
      objects.map((object) => {
        const { apiVersion, kind, metadata } = object;
        const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
        const key = [group, kind, metadata.namespace ?? '', metadata.name].join('/');
        return [key, { object, kustomization: name, prune }] as const;
      }),
    ),
  );
}

/** New Jobs that stand for old ones: a Job cannot be changed, so one with another hash at the end of its name replaces it. */
function matchJobs(gone: readonly Owned[], added: readonly Owned[]): Map<Owned, Owned> {
  const left = gone.filter(({ object }) => object.kind === 'Job');
  const found = new Map<Owned, Owned>();
  for (const job of added.filter(({ object }) => object.kind === 'Job')) {
    const index = left.findIndex(({ object }) => isSameJob(object, job.object));
    const [earlier] = index < 0 ? [] : left.splice(index, 1);
    if (earlier) found.set(job, earlier);
  }
  return found;
}

function isSameJob(a: KubeObject, b: KubeObject): boolean {
  if (a.metadata.namespace !== b.metadata.namespace) return false;
  const stem = ({ metadata }: KubeObject): string => metadata.name.replace(/-[^-]+$/, '');
  const stage = ({ metadata: { labels } }: KubeObject): string | undefined => {
    const [app, component] = [labels?.['app.kubernetes.io/name'], labels?.['app.kubernetes.io/component']];
    return app === undefined || component === undefined ? undefined : `${app}/${component}`;
  };
  return stem(a) === stem(b) || (stage(a) !== undefined && stage(a) === stage(b));
}
