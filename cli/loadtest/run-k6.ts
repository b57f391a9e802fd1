import { join } from 'node:path';
import { PlatformError } from '../errors/platform-error.ts';
import type { Deps } from '../ports/deps.ts';
import { readTextIfThere, writeFileAtomically } from '../ports/files.ts';
import { completedIn, k6Script, readSummary, type Measured } from './k6-script.ts';
import type { LoadPlan } from './load-plan.ts';

/** What k6 may take beside the load itself, to start and to end, in milliseconds. */
const overheadMs = 60_000;

/** Variables by which people set their own k6: none of them is meant for this run. */
const k6Variables = [
  'K6_OUT',
  'K6_DURATION',
  'K6_VUS',
  'K6_STAGES',
  'K6_ITERATIONS',
  'K6_CONFIG',
  'K6_SUMMARY_MODE',
];

/**
 * Sends a load from this machine with k6, until its time is over or `interrupted` is aborted.
 *
 * @param folder      An empty folder for its files.
 * @param onCompleted Gets the number of requests that were answered so far, about once a second.
 * @throws {PlatformError} TOOL_FAILED when k6 measures nothing, TOOL_TIMEOUT when it does not end.
 */
export async function runK6(
  { guard, clock, interrupted }: Pick<Deps, 'guard' | 'clock' | 'interrupted'>,
  plan: Pick<LoadPlan, 'requestsPerSecond' | 'loadMs'>,
  url: string,
  folder: string,
  onCompleted: (count: number) => void,
): Promise<Measured> {
  const [script, config, summary] = ['load.js', 'config.json', 'summary.json'].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  await writeFileAtomically(script, k6Script(plan, url, summary));
  await writeFileAtomically(config, '{}\n'); // or k6 reads the one in the home
  const k6 = await guard({
    tool: 'k6',
    args: ['run', '--config', config, '--address', '', '--no-usage-report', '--no-color', script],
    cwd: folder,
    env: {
      ...Object.fromEntries(k6Variables.map((name) => [name, undefined])),
      K6_AUTO_EXTENSION_RESOLUTION: 'false', // it would ask a server for programs
    },
    onLine: (line) => {
      const count = completedIn(line);
      if (count !== undefined) onCompleted(count);
    },
  });
  const stop = (): void => void k6.stop();
  interrupted.addEventListener('abort', stop, { once: true });
  if (interrupted.aborted) stop();
  const over = new AbortController();
  const late = clock.sleep(plan.loadMs + overheadMs, over.signal).then(
    () => 'late' as const,
    () => 'over' as const,
  );
  try {
    const end = await Promise.race([k6.exited, late]);
    if (end === 'late') {
      throw new PlatformError(
        'TOOL_TIMEOUT',
        `k6 did not end within ${String(overheadMs / 1_000)} s after the load`,
        'Send less: --rps 10 --for 30s',
      );
    }
    const text = await readTextIfThere(summary);
    if (text !== undefined) return readSummary(text);
    if (interrupted.aborted) throw stoppedBefore();
    throw new PlatformError(
      'TOOL_FAILED',
      `k6 ended with exit code ${String(end)} and measured nothing: ${k6.lastErrors()}`,
      'platform tools',
    );
  } finally {
    over.abort();
    interrupted.removeEventListener('abort', stop);
    await k6.stop();
  }
}

function stoppedBefore(): PlatformError {
  return new PlatformError('INTERRUPTED', 'stopped before a request was sent', 'Run the same command again');
}
