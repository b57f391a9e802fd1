/** Of several runs: the middle one, and how far they lie apart. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** @throws {RangeError} for no numbers. */
export function spreadOf(numbers: readonly number[]): Spread {
  const sorted = [...numbers].sort((a, b) => a - b);
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (min === undefined || max === undefined) throw new RangeError('nothing was measured');
  return { median: medianOfSorted(sorted), min, max };
}

/** @throws {RangeError} for no numbers. */
export function median(numbers: readonly number[]): number {
  return spreadOf(numbers).median;
}

function medianOfSorted(sorted: readonly number[]): number {
  const upper = sorted[Math.floor(sorted.length / 2)] ?? NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? NaN;
  return (lower + upper) / 2;
}

/**
 * How a series moves once it is warm: the median of its last tenth against that of the tenth after its first quarter. A tenth is
 * one number at least.
 *
 * @throws {RangeError} for no numbers.
 */
export function growth(series: readonly number[]): { readonly first: number; readonly last: number } {
  const tenth = Math.max(1, Math.floor(series.length / 10));
  const warm = Math.floor(series.length / 4);
  return { first: median(series.slice(warm, warm + tenth)), last: median(series.slice(-tenth)) };
}
