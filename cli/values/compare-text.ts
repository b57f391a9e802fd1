/**
 * For `sort`: by code units, so that all machines give one order. A locale's order differs between them, and the first
 * comparison by it costs 17 ms, which every `platform status` would pay.
 */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
