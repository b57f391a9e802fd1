import type { Build } from '../build/build.ts';
import { mapLimited } from '../build/limited.ts';
import { PlatformError } from '../errors/platform-error.ts';
import { formatRef, refOf, type Kube, type KubeObject } from '../ports/kube.ts';
import { fluxNamespace, rootName } from '../reconcile/root-objects.ts';
import { diffFields } from '../publish/diff-fields.ts';
import { isImageChange, isScaledToZero } from '../publish/diff-marks.ts';
import type { Mark, ObjectChange } from '../publish/diff-builds.ts';

/** How many objects are asked about at once. */
const atOnce = 8;

/** What applying a build to a cluster would change there, and what nobody could find out. */
export interface LiveDiff {
  readonly changes: readonly ObjectChange[];
  /** In words. */
  readonly notes: readonly string[];
}

/**
 * Asks the API server what it would make of a build, by server-side dry-run as Flux applies: what the build changes, and what
 * somebody changed by hand. Nothing is stored. Secrets are left out: their values are not to be read; so is what the build
 * has no longer.
 *
 * @throws {PlatformError} CLUSTER_UNREACHABLE.
 */
export async function diffLive(kube: Pick<Kube, 'get' | 'dryRun'>, build: Build): Promise<LiveDiff> {
  const all = [{ name: rootName, objects: build.fluxObjects }, ...build.kustomizations].flatMap(
    ({ name, objects }) =>
      objects.filter(({ kind }) => kind !== 'Secret').map((object) => ({ object, kustomization: name })),
  );
  const answers = await mapLimited(all, atOnce, async ({ object, kustomization }) =>
    compare(kube, object, kustomization),
  );
  const notes = new Set(answers.flatMap(({ note }) => note ?? []));
  return { changes: answers.flatMap(({ change }) => change ?? []), notes: [...notes] };
}

interface Answer {
  readonly change?: ObjectChange | undefined;
  readonly note?: string;
}

async function compare(
  kube: Pick<Kube, 'get' | 'dryRun'>,
  object: KubeObject,
  kustomization: string,
): Promise<Answer> {
  const ref = refOf(object);
  const base = { ref, kustomization: kustomization === rootName ? 'flux' : kustomization };
  try {
    const live = await kube.get(ref);
    if (!live) return { change: { ...base, change: 'create', fields: [], marks: [] } };
    if (isLeftAlone(object)) return {};
    const after = await kube.dryRun(asFluxApplies(object, kustomization));
    const fields = diffFields(tidy(live), tidy(after));
    if (fields.length === 0) return {};
    const marks: Mark[] = [
      ...(isScaledToZero(live, after) ? (['replicas-0'] as const) : []),
      ...(isImageChange(live, after) ? (['image'] as const) : []),
    ];
    return { change: { ...base, change: 'update', fields, marks } };
  } catch (error) {
    if (!(error instanceof PlatformError) || error.code === 'CLUSTER_UNREACHABLE') throw error;
    return { note: `${formatRef(ref)}: ${error.message}` };
  }
}

/** Flux does not touch it once it is there. */
function isLeftAlone({ metadata: { annotations = {} } }: KubeObject): boolean {
  const group = 'kustomize.toolkit.fluxcd.io';
  return (
    annotations[`${group}/reconcile`] === 'disabled' ||
    ['IfNotPresent', 'Ignore'].includes(annotations[`${group}/ssa`] ?? '')
  );
}

/** Flux marks what it applies; without these marks they would seem to go. */
function asFluxApplies(object: KubeObject, kustomization: string): KubeObject {
  const labels = {
    ...object.metadata.labels,
    'kustomize.toolkit.fluxcd.io/name': kustomization,
    'kustomize.toolkit.fluxcd.io/namespace': fluxNamespace,
  };
  return { ...object, metadata: { ...object.metadata, labels } };
}

/** Without what the API server writes. */
function tidy(object: KubeObject): object {
  const { labels = {}, annotations = {}, ownerReferences, finalizers } = object.metadata;
  const rest = Object.entries(object).filter(([name]) => name !== 'status' && name !== 'metadata');
  return { ...Object.fromEntries(rest), metadata: { labels, annotations, ownerReferences, finalizers } };
}
