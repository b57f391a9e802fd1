import { signalRunning } from './run.ts';
import type { Deps } from './deps.ts';

/** Listens to Ctrl-C and SIGTERM for the whole life of the process; call once. */
export function listenToInterrupts(tell: (line: string) => void): Pick<Deps, 'interrupted' | 'shield'> {
  const controller = new AbortController();
  let shields = 0;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (shields > 0 && !controller.signal.aborted) {
      tell('stopping after this step; the same command goes on from there (Ctrl-C again stops at once)');
      controller.abort(new DOMException(`stopped by ${signal}`, 'AbortError'));
      return;
    }
    signalRunning('SIGTERM'); // they lead their own process groups and do not get Ctrl-C
    process.exit(130);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
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
