import { execa } from 'execa';

/**
 * Asks a program, named by its absolute path, something short, like its version.
 *
 * @param timeoutMs Then it is killed.
 * @returns Both its outputs in the order they came; undefined when it cannot be started, fails or does not end in time.
 */
export async function probe(
  program: string,
  args: readonly string[],
  timeoutMs = 10_000,
): Promise<string | undefined> {
  const result = await execa(program, args, {
    reject: false,
    all: true,
    stdin: 'ignore',
    timeout: timeoutMs,
  });
  return result.failed ? undefined : result.all;
}
