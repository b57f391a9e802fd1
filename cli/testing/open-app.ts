import { vi } from 'vitest';
import { freePorts } from '../ports/loopback.ts';
import type { Machine } from './e2e-machine.ts';

/**
 * What an app's Service answers, through `platform open`.
 *
 * @param words As `platform open` takes them: the app, or environment and app.
 * @returns Its body: an object where it is JSON.
 */
export async function askApp(machine: Machine, path: string, ...words: string[]): Promise<unknown> {
  const [port = 0] = await freePorts(1);
  const opened = machine.start('open', ...words, '--port', String(port));
  try {
    await opened.says('until Ctrl-C');
    return await vi.waitFor(
      async () => {
        const signal = AbortSignal.timeout(2_000);
        const response = await fetch(`http://127.0.0.1:${String(port)}${path}`, { signal });
        const isJson = response.headers.get('content-type')?.includes('json') === true;
        return isJson ? ((await response.json()) as unknown) : await response.text();
      },
      { timeout: 30_000, interval: 200 },
    );
  } finally {
    opened.child.kill('SIGTERM');
    await opened.ended;
  }
}
