import { distance } from 'fastest-levenshtein';

/**
 * The known name that a mistyped one most likely stands for.
 *
 * @returns undefined when none is within a third of the longer name's length: a far-fetched guess misleads.
 */
export function closest(name: string, known: Iterable<string>): string | undefined {
  let best: { name: string; distance: number } | undefined;
  for (const candidate of known) {
    const edits = distance(name.toLowerCase(), candidate.toLowerCase());
    if (
      edits <= Math.max(1, Math.max(name.length, candidate.length) / 3) &&
      (!best || edits < best.distance)
    ) {
      best = { name: candidate, distance: edits };
    }
  }
  return best?.name;
}
