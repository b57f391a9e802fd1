import { growth } from '../statistics.ts';

/** How much more the last tenth of a series may be than the first that counts, before memory counts as growing. */
export const flatWithin = 1.15;

/** Memory of one process over time, in 10^6 bytes. */
export interface MemorySeries {
  readonly name: string;
  readonly megabytes: readonly number[];
}

export interface MemoryVerdict {
  readonly name: string;
  readonly first: number;
  readonly last: number;
  /** Neither more than a few megabytes nor more than the tolerance above where it began. */
  readonly flat: boolean;
}

/** Small programs may grow by that much without meaning anything. */
const noiseMegabytes = 15;

/**
 * The median of the last tenth against that of the tenth after the first quarter: the API server keeps the changes of 75 s at
 * least, so that its memory says nothing before those are full.
 */
export function judgeMemory({ name, megabytes }: MemorySeries): MemoryVerdict {
  const { first, last } = growth(megabytes);
  return { name, first, last, flat: last <= Math.max(first * flatWithin, first + noiseMegabytes) };
}

/** What became of each pushed commit. */
export interface PushVerdict {
  /** Seen as applied by Flux itself. */
  readonly applied: number;
  /** Not seen, and a later commit was: Flux went over it. */
  readonly superseded: number;
  /** Refused by git, which said so. */
  readonly refused: number;
  /** Neither applied, nor overtaken, nor refused. */
  readonly lost: readonly string[];
}

/**
 * Tells applied from superseded and lost. A branch moves forward only, so a commit that was not seen counts as superseded
 * when one that was pushed after it was seen: it holds the earlier one.
 *
 * @param pushed  Commits in the order in which they were pushed.
 * @param refused Those of them that git refused aloud.
 * @param seen    Commits that the cluster said it had applied.
 */
export function judgePushes(
  pushed: readonly string[],
  refused: ReadonlySet<string>,
  seen: ReadonlySet<string>,
): PushVerdict {
  const accepted = pushed.filter((commit) => !refused.has(commit));
  const newestSeen = accepted.findLastIndex((commit) => seen.has(commit));
  const applied = accepted.filter((commit) => seen.has(commit)).length;
  return {
    applied,
    superseded: newestSeen + 1 - applied,
    refused: pushed.length - accepted.length,
    lost: accepted.slice(newestSeen + 1),
  };
}
