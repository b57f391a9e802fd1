import { formatRef, refOf, type KubeObject } from '../ports/kube.ts';
import { compareText } from '../values/compare-text.ts';
import type { ClusterIndex } from './cluster-index.ts';
import { listAt, textAt } from './fields.ts';
import type { Order, OrderStep } from './model-parts.ts';
import { historyOf } from './marks.ts';
import { sourceOf } from './state/flux-state.ts';

/**
 * The order in which Flux applies, from `dependsOn`: each object's wave is its longest path of dependencies. What lies
 * on a circle, or waits for one, is in no wave.
 */
export function buildOrder(index: ClusterIndex): Order {
  const nodes = new Map(
    index.all('Kustomization', 'HelmRelease').map((object) => [formatRef(refOf(object)), object]),
  );
  const needs = new Map([...nodes].map(([id, object]) => [id, dependenciesOf(object)]));
  const known = (id: string): string[] => (needs.get(id) ?? []).filter((other) => nodes.has(other));
  const cycles = findCycles([...nodes.keys()], known);
  const stuck = new Set(cycles.flat());
  const waves = new Map<string, number | undefined>();
  const waveOf = (id: string): number | undefined => {
    if (stuck.has(id)) return undefined;
    if (waves.has(id)) return waves.get(id);
    const below = known(id).map(waveOf);
    const wave = below.includes(undefined) ? undefined : Math.max(-1, ...(below as number[])) + 1;
    waves.set(id, wave);
    return wave;
  };
  const placed = [...nodes].flatMap(([id, object]) => {
    const wave = waveOf(id);
    return wave === undefined ? [] : [{ id, object, wave }];
  });
  placed.sort((a, b) => a.wave - b.wave || compareText(a.id, b.id));
  const times = new Map(placed.map(({ id, object }) => [id, timesOf(object, index)]));
  const critical = criticalPath(
    placed.map(({ id }) => id),
    known,
    (id) => times.get(id)?.seconds ?? 0,
  );
  const steps = placed.map(({ id, wave }): OrderStep => {
    const dependsOn = needs.get(id) ?? [];
    return {
      id,
      wave,
      dependsOn,
      missing: dependsOn.filter((other) => !nodes.has(other)),
      ...times.get(id),
      critical: critical.path.includes(id),
    };
  });
  const depth = steps.at(-1)?.wave ?? -1;
  return {
    waves: Array.from({ length: depth + 1 }, (_, at) =>
      steps.filter(({ wave }) => wave === at).map(({ id }) => id),
    ),
    steps,
    criticalPath: critical.path,
    criticalSeconds: critical.seconds,
    cycles,
  };
}

function dependenciesOf(object: KubeObject): string[] {
  return listAt(object, 'spec', 'dependsOn').map((entry) =>
    formatRef({
      apiVersion: '',
      kind: object.kind,
      namespace: textAt(entry, 'namespace') || object.metadata.namespace,
      name: textAt(entry, 'name'),
    }),
  );
}

/** Each circle once, beginning with the id that comes first in the alphabet. */
export function findCycles(ids: readonly string[], next: (id: string) => readonly string[]): string[][] {
  const found = new Map<string, string[]>();
  const done = new Set<string>();
  const walk = (id: string, trail: readonly string[]): void => {
    const at = trail.indexOf(id);
    if (at >= 0) {
      const circle = trail.slice(at);
      const first = circle.indexOf([...circle].sort()[0] ?? id);
      const turned = [...circle.slice(first), ...circle.slice(0, first)];
      found.set(turned.join(' '), turned);
      return;
    }
    if (done.has(id)) return;
    for (const other of next(id)) walk(other, [...trail, id]);
    done.add(id);
  };
  for (const id of ids) walk(id, []);
  return [...found.values()];
}

/** @param ids In an order in which each comes after what it needs. */
function criticalPath(
  ids: readonly string[],
  needs: (id: string) => readonly string[],
  secondsOf: (id: string) => number,
): { path: string[]; seconds: number } {
  const best = new Map<string, { path: string[]; seconds: number }>();
  let longest: { path: string[]; seconds: number } = { path: [], seconds: 0 };
  for (const id of ids) {
    const below = needs(id)
      .flatMap((other) => best.get(other) ?? [])
      .sort((a, b) => b.seconds - a.seconds || b.path.length - a.path.length)[0];
    const path = { path: [...(below?.path ?? []), id], seconds: (below?.seconds ?? 0) + secondsOf(id) };
    best.set(id, path);
    if (path.seconds > longest.seconds) longest = path;
  }
  return { path: longest.path, seconds: Math.round(longest.seconds * 1000) / 1000 };
}

function timesOf(
  object: KubeObject,
  index: ClusterIndex,
): Pick<OrderStep, 'seconds' | 'waitedSeconds' | 'lastReadyAt'> {
  const [last] = historyOf(object);
  if (!last) return {};
  const wentWell = historyOf(object).find(({ result }) => result.includes('Succeeded'));
  const source = index.find(sourceOf(object) ?? '');
  const arrived = Date.parse(textAt(source, 'status', 'artifact', 'lastUpdateTime'));
  const began = Date.parse(last.firstAt) - last.seconds * 1000;
  // Only for the run that brought what the source has: later ones are Flux's rounds.
  const first = last.firstAt === last.lastAt && !Number.isNaN(arrived) && began >= arrived;
  return {
    seconds: last.seconds,
    ...(first ? { waitedSeconds: Math.round((began - arrived) / 1000) } : {}),
    ...(wentWell ? { lastReadyAt: wentWell.lastAt } : {}),
  };
}
