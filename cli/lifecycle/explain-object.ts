import { closest } from '../errors/did-you-mean.ts';
import { PlatformError } from '../errors/platform-error.ts';
import { explainField } from '../observe/explain/explain-field.ts';
import { hidden, withoutValues, type Explanation } from '../observe/explain/explanation.ts';
import { managersOf, type FieldManager } from '../observe/explain/field-manager.ts';
import { fieldAt } from '../observe/explain/field-path.ts';
import { findObjects } from '../observe/find-object.ts';
import type { Part } from '../observe/model-parts.ts';
import type { Item, Model } from '../observe/model.ts';
import { masked } from '../observe/read-cluster.ts';
import type { Deps } from '../ports/deps.ts';
import type { Kube } from '../ports/kube.ts';
import { fluxNamespace, rootName } from '../reconcile/root-objects.ts';
import { lookAt, lookAtRunning, type Sight } from './look-at.ts';

interface Asked {
  readonly environment: string;
  readonly object: string;
  readonly path: string | undefined;
  /** What `platform status --json` printed; then no cluster is asked. */
  readonly from: string | undefined;
}

/**
 * Where a name fits several objects and a field is asked for, it is of the likeliest one that has it.
 *
 * @throws {PlatformError} OBJECT_UNKNOWN, FIELD_UNKNOWN; RECONCILE_FAILED where nothing was applied yet; GIT_UNUSABLE
 *   where this clone does not have the applied commit; what `lookAt` throws.
 */
export async function explainObject(deps: Deps, { from, ...asked }: Asked): Promise<Explanation> {
  const sight =
    from === undefined
      ? await lookAtRunning(deps, asked.environment)
      : { ...(await lookAt(deps, [asked.environment, undefined], from)), kube: undefined };
  const [likeliest, ...others] = findObjects(sight.model, asked.object);
  try {
    return await explain(deps, sight, likeliest, asked.path);
  } catch (error) {
    if (!(error instanceof PlatformError) || error.code !== 'FIELD_UNKNOWN') throw error;
    for (const other of others) {
      try {
        return await explain(deps, sight, other, asked.path);
      } catch (another) {
        if (!(another instanceof PlatformError)) throw another;
      }
    }
    throw error;
  }
}

async function explain(
  deps: Deps,
  { model, report, kube }: Pick<Sight, 'model' | 'report'> & { readonly kube: Kube | undefined },
  named: Item | Part,
  asked: string | undefined,
): Promise<Explanation> {
  const { environment, git } = report;
  const { object, madeFrom, path } = describedBy(model, named, asked);
  const applier = applierOf(model, object, environment);
  const root = `Kustomization/${fluxNamespace}/${rootName}`;
  if (git.applied === undefined)
    throw new PlatformError(
      'RECONCILE_FAILED',
      `Flux never applied anything to ${environment}`,
      `platform status ${environment}`,
    );
  const found = await explainField(deps, git.applied, {
    environment,
    applier: applier === root ? undefined : (applier.split('/').at(-1) ?? applier),
    ref: object.ref,
    path,
  });
  const common = {
    environment,
    object: object.id,
    madeFrom,
    commit: git.applied,
    appliedBy: applier,
    folder: found.folder,
  };
  if (path === undefined) return { ...common, origins: [], fields: found.fields };
  const live = kube && (await liveField(kube, object, found.field?.path ?? path));
  if (!live && !found.field) throw unknownField(environment, object.id, path, found.fields);
  const hide = object.ref.kind === 'Secret';
  return {
    ...common,
    path: found.field?.path ?? live?.path ?? path,
    ...(live ? { live: { value: live.value, managers: live.managers } } : {}),
    ...(found.field ? { git: { value: hide ? hidden : found.field.value } } : {}),
    origins: hide ? found.origins.map(withoutValues) : found.origins,
  };
}

/** Pods and what else controllers make are described by the workload that they are of. */
function describedBy(
  { items, parts }: Model,
  named: Item | Part,
  path: string | undefined,
): { object: Item | Part; madeFrom: string[]; path: string | undefined } {
  const all = new Map([...parts, ...items].map((each) => [each.id, each]));
  const madeFrom: string[] = [];
  let object = named;
  for (;;) {
    const above = 'parent' in object ? all.get(object.parent) : undefined;
    if (!above || ('role' in above && above.role === 'applier')) break;
    madeFrom.push(object.id);
    object = above;
  }
  const inTemplate = named.ref.kind === 'Pod' && named !== object && path !== undefined;
  return { object, madeFrom, path: inTemplate ? `spec.template.${path.replace(/^\./, '')}` : path };
}

function applierOf({ items }: Model, object: Item | Part, environment: string): string {
  const owner = 'parent' in object ? object.parent : object.owner;
  const item = items.find(({ id }) => id === owner);
  if (item?.ref.kind === 'Kustomization') return item.id;
  if (item)
    throw new PlatformError(
      'OBJECT_UNKNOWN',
      `${object.id} is made by ${item.id} from a chart: this repository has only that release's values`,
      `platform explain ${environment} ${item.id} spec.values`,
    );
  throw new PlatformError(
    'OBJECT_UNKNOWN',
    `${object.id} is in no inventory of Flux: this repository does not describe it`,
    `platform tree ${environment}`,
  );
}

async function liveField(
  kube: Kube,
  { ref }: Item | Part,
  path: string,
): Promise<{ path: string; value: unknown; managers: FieldManager[] } | undefined> {
  const read = await kube.get(ref);
  const object = read && masked(read);
  const field = object && fieldAt(object, path);
  return field && { path: field.path, value: field.value, managers: managersOf(object, field) };
}

function unknownField(
  environment: string,
  id: string,
  path: string,
  known: readonly string[],
): PlatformError {
  const guess = closest(path, new Set(known));
  return new PlatformError(
    'FIELD_UNKNOWN',
    `${id} has no field ${path}, neither in git nor in the cluster`,
    guess === undefined ? `platform explain ${environment} ${id}` : `Did you mean ${guess}?`,
  );
}
