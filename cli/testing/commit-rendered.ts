import type { Machine } from './e2e-machine.ts';

/**
 * Renders `dev`, and commits all that changed.
 *
 * @throws What rendering printed, when it failed.
 */
export async function commitRendered(machine: Machine, message: string): Promise<void> {
  const { exitCode, stderr } = await machine.platform('render', 'dev');
  if (exitCode !== 0) throw new Error(stderr);
  machine.git('add', '--all');
  machine.git('commit', '--message', message);
}
