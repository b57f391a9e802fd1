/**
 * What lies at the top of the repository and no cluster applies. Flux leaves it out of what it unpacks: that is done once per
 * Kustomization, and the CLI is nine tenths of this repository's files.
 */
export const notApplied: readonly string[] = [
  'cli',
  'docs',
  'templates',
  '.github',
  '.ci',
  'package-lock.json',
];
