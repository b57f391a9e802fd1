import { formatRight, type Right } from '../engines/existing/rights.ts';
import { PlatformError } from '../errors/platform-error.ts';
import { reconcileObjects, resumeObject, withSources, type Acted } from '../lifecycle/reconcile-object.ts';
import { untilDate } from '../lifecycle/until-date.ts';
import { wholeKinds } from '../observe/read-cluster.ts';
import type { Model } from '../observe/model.ts';
import type { Clock } from '../ports/clock.ts';
import type { Kube } from '../ports/kube.ts';
import { suspend } from '../reconcile/suspension.ts';
import type { RunBump } from '../values/bump-run.ts';
import type { ActionOutcome, ActionRequest, MissingRights } from './action-data.ts';
import { requireConfirmed } from './parse-action.ts';

/** How long an outcome is waited for, in milliseconds: as the commands do. */
const timeoutMs = 300_000;

export interface ActionDeps {
  readonly kube: Kube;
  readonly clock: Clock;
  readonly interrupted: AbortSignal;
  readonly environment: { readonly name: string; readonly protected: boolean };
  /** What the page shows. */
  readonly model: () => Promise<Model>;
  /** Who sits at this machine, for the notes and events. */
  readonly who: () => Promise<string>;
  /** Of these rights, those that the user of the cluster lacks. */
  readonly missing: (rights: readonly Right[]) => Promise<Right[]>;
  /** The stages of the backfill by the ids of their Kustomizations. */
  readonly stages: Readonly<Record<string, string>>;
  /** Raises the run counter of a stage in the values of this clone. */
  readonly rerun: (stage: string) => Promise<RunBump>;
}

/** What can be done from the page. */
export interface Actions {
  /**
   * Does it, waits for what becomes of it, and tells that.
   *
   * @param closed The page is gone: then nobody waits.
   * @throws {PlatformError} NOT_CONFIRMED, OBJECT_UNKNOWN, OBJECT_CHANGED, USAGE; what the cluster answers.
   */
  readonly act: (request: ActionRequest, closed: AbortSignal) => Promise<ActionOutcome>;
  readonly missing: () => Promise<MissingRights>;
}

/** The commands' own ways to act, behind the page. */
export function actionsOn(deps: ActionDeps): Actions {
  return {
    act: async (request, closed) => {
      requireConfirmed(request, deps.environment);
      const began = deps.clock.elapsed();
      const outcome = await doIt(deps, request, AbortSignal.any([deps.interrupted, closed]));
      return { ...outcome, id: request.id, seconds: Math.round(deps.clock.elapsed() - began) / 1000 };
    },
    missing: async () => missingOn(deps),
  };
}

type Told = Omit<ActionOutcome, 'id' | 'seconds'>;

async function doIt(deps: ActionDeps, request: ActionRequest, interrupted: AbortSignal): Promise<Told> {
  const { kube, clock, environment } = deps;
  const { verb, id, uid, resourceVersion } = request;
  if (verb === 'rerun') return rerunStage(deps, id);
  const model = await deps.model();
  const item = model.items.find((each) => each.id === id && each.role !== 'workload');
  if (!item) {
    const why = `${id} is no object of Flux, or not in the cluster any more`;
    throw new PlatformError('OBJECT_UNKNOWN', why, `platform tree ${environment.name}`);
  }
  // The API server refuses that, too, but calls it an invalid change.
  if (item.uid !== uid)
    throw new PlatformError('OBJECT_CHANGED', `${id} is another object by now`, 'Look again');
  const by = await deps.who();
  const access = { kube, clock, environment: environment.name };
  const seen = { ref: item.ref, uid, resourceVersion };
  const options = { timeoutMs, interrupted, by };
  switch (verb) {
    case 'suspend': {
      const { reason = '', until = '' } = request;
      const end = until === '' ? undefined : untilDate(until, clock.now());
      const { done, warnings } = await suspend({ kube, clock }, seen, { reason, by, until: end });
      const limit = end === undefined ? '' : ` until ${end}`;
      const message = done
        ? `It is suspended${limit}. Nothing resumes it by itself.`
        : 'It went away meanwhile.';
      return { done, message, warnings, next: `platform resume ${environment.name} ${id}` };
    }
    case 'resume':
      return tell(await resumeObject(access, seen, options));
    case 'reconcile':
      return tell(await reconcileObjects(access, [seen], options));
    case 'reconcile-with-source': {
      // Once its source is fetched, Flux works on the object by itself: its version is another one then.
      const chain = withSources(model, item).map((each) => ({
        ref: each.ref,
        uid: each === item ? uid : each.uid,
      }));
      return tell(await reconcileObjects(access, chain, options));
    }
  }
}

function tell({ objects, outcome, cause }: Acted): Told {
  const lines = objects.map(({ object, outcome: became, message }) => `${object} ${became}: ${message}`);
  return {
    done: outcome === 'reconciled',
    message: [...lines, ...(cause && outcome !== 'suspended' ? [cause.sentence] : [])].join('\n'),
    warnings: objects.flatMap(({ warnings }) => warnings),
    ...(cause ? { next: cause.next } : {}),
  };
}

async function rerunStage({ stages, rerun, environment }: ActionDeps, id: string): Promise<Told> {
  const stage = stages[id];
  if (stage === undefined)
    throw new PlatformError('USAGE', `${id} is no stage of the backfill`, 'platform backfill rerun --help');
  const { file, app, from, to } = await rerun(stage);
  return {
    done: true,
    message: `${file}: apps.${app}.run.${stage}: ${from} -> ${to}. It and the stages after it run again when that is deployed.`,
    warnings: [],
    next: `platform deploy ${environment.name} -m 'Run the backfill again'`,
  };
}

async function missingOn({ model, missing }: ActionDeps): Promise<MissingRights> {
  const { items } = await model();
  const needed = new Map<string, Right>();
  for (const { role, ref } of items) {
    const { apiVersion, kind, namespace = '' } = ref;
    const known = wholeKinds.find((each) => each.kind === kind);
    if (role === 'workload' || !known) continue;
    const group = apiVersion.split('/')[0] ?? '';
    needed.set(`${kind}/${namespace}`, { verb: 'patch', group, resource: known.plural, namespace });
  }
  const lacking = new Set((await missing([...needed.values()])).map(formatRight));
  return Object.fromEntries(
    [...needed].map(([place, right]) => [place, [formatRight(right)].filter((text) => lacking.has(text))]),
  );
}
