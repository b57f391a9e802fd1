import type { SourceName } from './sources.ts';

/** Why one source did not give a program. */
export interface Attempt {
  readonly name: string;
  readonly source: SourceName;
  readonly reason: string;
}

/** One line for each reason, with the programs that it stopped: `github.com cannot be reached (…): etcd, sops`. */
export function summarise(attempts: readonly Attempt[]): string[] {
  const names = new Map<string, Set<string>>();
  for (const { name, reason } of attempts) names.set(reason, (names.get(reason) ?? new Set()).add(name));
  return [...names].map(([reason, stopped]) => `${[...stopped].join(', ')}: ${reason}`);
}
