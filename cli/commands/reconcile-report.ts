import type { ExitCode } from '../errors/codes.ts';
import type { Acted } from '../lifecycle/reconcile-object.ts';
import { markOf } from '../observe/look.ts';
import type { Deps } from '../ports/deps.ts';
import type { Became } from '../reconcile/reconcile-now.ts';
import { lookOf } from './look.ts';
import type { Outcome } from './outcome.ts';

const shown = {
  reconciled: { state: 'Ready', exitCode: 0 },
  failed: { state: 'Failed', exitCode: 1 },
  suspended: { state: 'Suspended', exitCode: 1 },
  unfinished: { state: 'Reconciling', exitCode: 5 },
  gone: { state: 'Unknown', exitCode: 1 },
} as const satisfies Record<Became, { state: string; exitCode: ExitCode }>;

/** What became of a request: 0 only when everything was really reconciled, 5 when the time was too short. */
export function outcomeOf(deps: Deps, environment: string, { objects, outcome, cause }: Acted): Outcome {
  const look = lookOf(deps);
  const lines = objects.map(
    ({ object, outcome: became, message, seconds }) =>
      `${markOf(shown[became].state, look)} ${object} ${became}, ${seconds.toFixed(1)}s: ${message}`,
  );
  const why = cause && outcome !== 'suspended' ? ['', cause.sentence] : [];
  return {
    data: {
      environment,
      outcome,
      objects: objects.map(({ object, outcome: became, message, revision, seconds }) => ({
        object,
        outcome: became,
        message,
        revision,
        seconds,
      })),
      ...(cause ? { cause } : {}),
    },
    text: [...lines, ...why].join('\n'),
    exitCode: shown[outcome].exitCode,
    warnings: objects.flatMap(({ warnings }) => warnings),
    next: nextFor(environment, objects.at(-1)?.object ?? '', { outcome, cause }),
  };
}

function nextFor(
  environment: string,
  object: string,
  { outcome, cause }: { outcome: Became; cause: Acted['cause'] },
): string[] {
  if (outcome === 'reconciled') return [];
  if (outcome === 'suspended') return [`platform resume ${environment} ${object}`];
  return [...(cause ? [cause.next] : []), `platform status ${environment}`];
}
