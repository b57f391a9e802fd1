import { signalRunning } from './run.ts';
import type { Deps } from './deps.ts';

/**
 * Listens to Ctrl-C, SIGTERM and SIGHUP (the terminal was closed) for the whole life of the process; call once.
 *
 * @param tell.stopping Told that the running step will be the last one.
 * @param tell.stopped  Told the last words: the process ends when it returns.
 */
export function listenToInterrupts(tell: {
  readonly stopping: (line: string) => void;
  readonly stopped: (line: string) => void;
}): Pick<Deps, 'interrupted' | 'shield'> {
  const controller = new AbortController();
  let shields = 0;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (shields > 0 && !controller.signal.aborted) {
      tell.stopping('stopping after this step (Ctrl-C again: at once); run it again to go on');
      controller.abort(new DOMException(`stopped by ${signal}`, 'AbortError'));
      return;
    }
    tell.stopped(shields > 0 ? 'stopped at once; the same command goes on from there' : 'stopped');
    signalRunning('SIGTERM'); // they lead their own process groups and do not get Ctrl-C
    process.exit(130);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  return {
    interrupted: controller.signal,
    shield: async (work) => {
      shields += 1;
      try {
        return await work();
      } finally {
        shields -= 1;
      }
    },
  };
}
