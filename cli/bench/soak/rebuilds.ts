import { createHash } from 'node:crypto';
import { processesOf } from '../../testing/e2e-processes.ts';
import type { Machine } from '../../testing/e2e-machine.ts';
import { spreadOf } from '../statistics.ts';
import { clusterProcesses } from '../cluster-processes.ts';

export interface RebuildSummary {
  readonly rebuilds: number;
  /** Objects in the inventory. */
  readonly objects: number;
  readonly seconds: { readonly median: number; readonly min: number; readonly max: number };
  /** One sentence for each thing that was not as it should be. */
  readonly deviations: readonly string[];
}

/**
 * Destroys and rebuilds the cluster of `dev` again and again. Each time the CLI itself has to find the same objects with the
 * same fields as before, the list of objects has to be that of the first time, and no process may be left of the time before.
 */
export async function soakRebuilds(
  machine: Machine,
  rebuilds: number,
  say: (line: string) => void,
): Promise<RebuildSummary> {
  const deviations: string[] = [];
  const seconds: number[] = [];
  let first: string[] | undefined;
  for (let round = 1; round <= rebuilds; round += 1) {
    const before = await clusterProcesses(machine);
    const { exitCode, document } = await machine.json('nuke-and-rebuild', 'dev', '--confirm=dev');
    const { same, missing, changed, added, notCompared, totalMs } = (document.data ??
      {}) as Partial<Comparison>;
    const wrong = (what: string): unknown => deviations.push(`rebuild ${round}: ${what}`);
    if (exitCode !== 0 || !same) {
      wrong(`exit ${exitCode ?? 'by a signal'}: ${document.error?.message ?? 'no comparison'}`);
      if (!same) break;
    }
    for (const [title, list] of Object.entries({ missing, added, 'not compared': notCompared })) {
      if (list && list.length > 0) wrong(`${title}: ${list.join(', ')}`);
    }
    if (changed && changed.length > 0) wrong(`changed: ${JSON.stringify(changed)}`);
    const objects = [...same].sort();
    first ??= objects;
    if (digestOf(objects) !== digestOf(first)) wrong(`another inventory: ${objects.join(', ')}`);
    const alive = processesOf(machine.folder).map(({ pid }) => pid);
    const left = before.filter(({ pid }) => alive.includes(pid));
    if (left.length > 0) wrong(`still running: ${left.map(({ name, pid }) => `${name} ${pid}`).join(', ')}`);
    seconds.push((totalMs ?? NaN) / 1_000);
    say(
      `rebuild ${round}/${rebuilds}: ${objects.length} objects, ${((totalMs ?? NaN) / 1_000).toFixed(1)} s`,
    );
  }
  if (seconds.length === 0)
    return { rebuilds: 0, objects: 0, seconds: { median: 0, min: 0, max: 0 }, deviations };
  return { rebuilds: seconds.length, objects: first?.length ?? 0, seconds: spreadOf(seconds), deviations };
}

interface Comparison {
  readonly same: readonly string[];
  readonly missing: readonly string[];
  readonly changed: readonly unknown[];
  readonly added: readonly string[];
  readonly notCompared: readonly string[];
  readonly totalMs: number;
}

function digestOf(objects: readonly string[]): string {
  return createHash('sha256').update(objects.join('\n')).digest('hex');
}
