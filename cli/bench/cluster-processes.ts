import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Machine } from '../testing/e2e-machine.ts';

export interface ClusterProcess {
  readonly name: string;
  readonly pid: number;
}

/** Where the state of `dev` lies: also the folder that the bare script is given a copy of. */
export function stateOf({ home }: Machine): string {
  return join(home, '.local/state/platform/acme/dev');
}

/** The supervisor of `dev` and its parts, as it says itself. */
export async function clusterProcesses(machine: Machine): Promise<ClusterProcess[]> {
  const { supervisor, parts } = JSON.parse(
    await readFile(join(stateOf(machine), 'run/status.json'), 'utf8'),
  ) as { supervisor: { pid: number }; parts: { name: string; pid?: number }[] };
  return [
    { name: 'supervisor', pid: supervisor.pid },
    ...parts.flatMap(({ name, pid }) => (pid === undefined ? [] : [{ name, pid }])),
  ];
}
