import { systemClock } from '../../ports/clock.ts';
import { defaultTiming } from './plan.ts';
import { supervise } from './supervise.ts';

// Started by the embedded engine as `node supervisor.js <run directory>`, detached; ended by SIGTERM.
const stop = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort());
process.on('SIGHUP', () => undefined); // a terminal that closes is no reason to end
try {
  await supervise({
    directory: process.argv[2] ?? '',
    timing: defaultTiming,
    clock: systemClock,
    stopping: stop.signal,
  });
} catch (error) {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
}
