import { PlatformError } from '../errors/platform-error.ts';
import type { Deps } from '../ports/deps.ts';

/** One part of a longer work. Each is idempotent: run again, it finds its work done or finishes it. */
export interface Step {
  readonly title: string;
  /** @returns `already` when there was nothing to do. */
  readonly run: (say: (detail: string) => void) => Promise<'already' | 'done'>;
}

/**
 * Runs steps in order. The first Ctrl-C lets the running step end, unless it is a wait, and no further one begins.
 *
 * @returns true when at least one step had something to do.
 * @throws {PlatformError} INTERRUPTED between two steps; else what a step throws.
 */
export async function runSteps(
  { progress, interrupted, shield }: Pick<Deps, 'progress' | 'interrupted' | 'shield'>,
  steps: readonly Step[],
): Promise<boolean> {
  progress.begin(steps.length);
  return shield(async () => {
    let changed = false;
    for (const [index, { title, run }] of steps.entries()) {
      if (interrupted.aborted) {
        throw new PlatformError(
          'INTERRUPTED',
          `stopped before "${title}" (${index} of ${steps.length} steps are done)`,
          'Run the same command again: it goes on from there',
        );
      }
      if ((await progress.step(title, run)) === 'done') changed = true;
    }
    return changed;
  });
}
