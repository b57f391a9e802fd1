/** What can wait for others of its kind, by name. */
interface Dependent {
  readonly name: string;
  readonly dependsOn: readonly string[];
}

/**
 * Each item after everything it depends on; items that do not wait for each other by name. Unknown names are ignored.
 * A cycle has no order: its members come last, by name, and a house rule reports them.
 */
export function dependencyOrder<T extends Dependent>(items: readonly T[]): T[] {
  let waiting = items.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const known = new Set(waiting.map(({ name }) => name));
  const done = new Set<string>();
  const ordered: T[] = [];
  while (waiting.length > 0) {
    const next = waiting.find(({ dependsOn }) =>
      dependsOn.every((name) => done.has(name) || !known.has(name)),
    );
    if (next === undefined) return [...ordered, ...waiting];
    ordered.push(next);
    done.add(next.name);
    waiting = waiting.filter((item) => item !== next);
  }
  return ordered;
}

/** One cycle as its names in order, the smallest first: `a` waits for `b` waits for `a` is `['a', 'b']`. */
export function findCycles(items: readonly Dependent[]): string[][] {
  const byName = new Map(items.map((item) => [item.name, item]));
  const found = new Map<string, string[]>();
  const finished = new Set<string>();
  const follow = (name: string, trail: readonly string[]): void => {
    const start = trail.indexOf(name);
    if (start >= 0) {
      const cycle = rotateToSmallest(trail.slice(start));
      found.set(cycle.join(' '), cycle);
      return;
    }
    if (finished.has(name)) return;
    for (const next of byName.get(name)?.dependsOn ?? []) follow(next, [...trail, name]);
    finished.add(name);
  };
  for (const name of [...byName.keys()].sort()) follow(name, []);
  return [...found.values()];
}

function rotateToSmallest(names: readonly string[]): string[] {
  const at = names.indexOf([...names].sort()[0] ?? '');
  return [...names.slice(at), ...names.slice(0, at)];
}
