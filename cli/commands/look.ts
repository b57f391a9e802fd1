import type { Look } from '../observe/look.ts';
import type { Deps } from '../ports/deps.ts';

/** How this terminal wants its text. */
export function lookOf({ terminal, clock }: Pick<Deps, 'terminal' | 'clock'>): Look {
  const { outColors: colors, unicode, outColumns: columns } = terminal;
  return { colors, unicode, now: clock.now(), columns };
}

/** The words before an object, the same in every command that takes one. */
export const words = {
  environment: 'a folder under clusters/; not needed where only one has a cluster',
  object: 'trades, ml/trades, deploy/trades or Deployment/ml/trades',
  fluxObject: 'an object of Flux: trades, ks/trades, HelmRelease/ml/reloader',
  from: 'look at what `platform status --json` printed, and at no cluster',
} as const;
