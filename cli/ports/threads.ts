import { existsSync } from 'node:fs';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

/**
 * Runs a built script on a thread of its own and waits for its answer; see {@link answerAsThread}.
 *
 * @param script Absolute. It is not there where the CLI runs from source.
 * @param input  Of plain data: it is copied.
 * @returns undefined where there is no such script, or where it ends without an answer: whoever asks can do the work itself.
 */
export async function askThread(script: string, input: unknown): Promise<unknown> {
  if (!existsSync(script)) return undefined;
  const thread = new Worker(script, { workerData: input, stdout: true, stderr: true });
  return new Promise((resolve) => {
    thread.once('message', resolve);
    thread.once('error', () => resolve(undefined));
    thread.once('exit', () => resolve(undefined));
  });
}

/** The other end of {@link askThread}. An error is no answer. */
export async function answerAsThread(work: (input: unknown) => Promise<unknown>): Promise<void> {
  if (!isMainThread) parentPort?.postMessage(await work(workerData));
}
