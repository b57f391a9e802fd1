import { readFile } from 'node:fs/promises';
import { timed } from './timed.ts';

/** Files below /proc/<pid>, and lines of theirs. */
const places = {
  rss: ['status', 'VmRSS'],
  pss: ['smaps_rollup', 'Pss'],
  own: ['status', 'RssAnon'],
} as const;

/**
 * What one process holds in memory, in 10^6 bytes.
 *
 * @param what `rss`: every page; `pss`: pages that n processes share count 1/n; `own`: without pages of files, as those of
 *   the program itself, which the system takes back when it needs them (Linux only, else `rss`).
 * @throws When there is no such process.
 */
export async function memoryOf(pid: number, what: 'rss' | 'pss' | 'own'): Promise<number> {
  const [file, field] = places[what];
  let kilobytes: string | undefined;
  if (process.platform === 'linux') {
    const text = await readFile(`/proc/${pid}/${file}`, 'utf8');
    kilobytes = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1];
  } else {
    kilobytes = (await timed('ps', ['-o', 'rss=', '-p', String(pid)])).stdout.trim();
  }
  if (kilobytes === undefined) throw new Error(`nothing tells the memory of process ${pid}`);
  return (Number(kilobytes) * 1024) / 1e6;
}
