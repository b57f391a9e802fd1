import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type StateDirectory, stateDirectory } from '../engines/state-directory.ts';
import type { PartStatus, SupervisorStatus } from '../engines/supervisor/plan.ts';
import { ownProcess } from '../ports/processes.ts';

/** A process that is no more. */
export const nobody = { pid: 1, startTime: 'of a process that ended', since: '2030-01-01T00:00:00Z' };

/** A state directory in a new folder, for tests that stand in for a supervisor that runs. */
export interface SupervisedDirectory {
  readonly directory: StateDirectory;
  /** A part that runs and is ready, unless `more` says otherwise. */
  readonly part: (name: string, more?: Partial<PartStatus>) => PartStatus;
  /** Writes what the supervisor, this process, would say of its parts. */
  readonly writeStatus: (parts: PartStatus[], more?: Partial<SupervisorStatus>) => Promise<void>;
}

export async function supervisedDirectory(): Promise<SupervisedDirectory> {
  const state = await mkdtemp(join(tmpdir(), 'supervised-'));
  const directory = stateDirectory({ state }, { client: 'acme', environment: 'dev' });
  for (const path of [directory.run, directory.logs]) await mkdir(path, { recursive: true });
  return {
    directory,
    part: (name, more = {}) => ({
      name,
      state: 'running',
      ready: true,
      restarts: 0,
      log: join(directory.logs, `${name}.log`),
      ...more,
    }),
    writeStatus: async (parts, more = {}) => {
      const supervisor = { ...(await ownProcess()), since: nobody.since };
      const status = { formatVersion: 1, supervisor, state: 'running', parts, ...more };
      await writeFile(directory.status, JSON.stringify(status));
    },
  };
}
