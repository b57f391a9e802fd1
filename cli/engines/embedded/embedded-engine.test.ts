import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../ports/clock.ts';
import { exists } from '../../ports/files.ts';
import { locationsFrom } from '../../ports/locations.ts';
import { startProcess } from '../../ports/processes.ts';
import type { ClusterSpec, Engine, EngineDeps } from '../engine.ts';
import { portNames } from './cluster-record.ts';
import { embeddedEngine } from './embedded-engine.ts';
import { createPki, pkiFiles } from './pki.ts';
import { type StateDirectory, stateDirectory } from '../state-directory.ts';
import { writeSupervisor } from '../supervisor/status-file.ts';

const where = { client: 'acme', environment: 'dev' };
const quiet = (): void => undefined;
const notNeeded = async (): Promise<never> => Promise.reject(new Error('not needed here'));
/** Nothing of it is read before the record is. */
const spec = {} as ClusterSpec;

let directory: StateDirectory;
let deps: EngineDeps;
let engine: Engine;
beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'embedded-engine-'));
  const locations = locationsFrom({ HOME: folder, PATH: '/usr/bin:/bin' });
  directory = stateDirectory(locations, where);
  for (const path of [directory.run, directory.logs]) await mkdir(path, { recursive: true });
  deps = { run: notNeeded, clock: systemClock, locations, root: folder, home: folder, connect: notNeeded };
  engine = embeddedEngine(deps, where, { programs: notNeeded, assets: notNeeded });
});

describe('embeddedEngine', () => {
  it.each(['{"formatVersion": 1', 'null', '{"formatVersion": 1, "engine": "embedded", "ports": {}}'])(
    'starts nothing on the damaged record %s, and can delete it',
    async (text) => {
      await writeFile(directory.record, text);

      expect((await engine.status()).state).toBe('stopped');
      expect(await engine.access()).toBeUndefined();
      await expect(engine.start(spec, quiet)).rejects.toMatchObject({
        code: 'STATE_UNREADABLE',
        message: `${directory.record} is damaged`,
        hint: 'platform delete dev --confirm dev',
      });
      expect(await readFile(directory.record, 'utf8')).toBe(text);

      await engine.delete(quiet);

      expect(await exists(directory.root)).toBe(false);
      expect((await engine.status()).state).toBe('absent');
    },
  );

  it('starts nothing where a file of its keys is missing, and says how to get the cluster again', async () => {
    const ports = Object.fromEntries(portNames.map((name) => [name, 1]));
    await writeFile(directory.record, JSON.stringify({ formatVersion: 1, engine: 'embedded', ports }));
    await createPki(directory.pki, systemClock.now());
    const { keyFile } = pkiFiles(directory.pki).certificate('etcd');
    await rm(keyFile);
    const here = embeddedEngine(deps, where, {
      programs: async () => Promise.resolve({}),
      assets: notNeeded,
    });

    await expect(here.start(spec, quiet)).rejects.toMatchObject({
      code: 'STATE_UNREADABLE',
      message: `${keyFile} is missing, without which the cluster cannot start`,
      hint: 'platform delete dev --confirm dev && platform bootstrap dev',
    });
    expect(await exists(keyFile)).toBe(false);
  });

  it('leaves a record of a newer format alone, whatever is asked', async () => {
    await writeFile(directory.record, '{"formatVersion": 2}');
    const refused = { code: 'STATE_UNREADABLE', hint: 'Update this clone: git pull' };

    await expect(engine.status()).rejects.toMatchObject(refused);
    await expect(engine.access()).rejects.toMatchObject(refused);
    await expect(engine.start(spec, quiet)).rejects.toMatchObject(refused);
    await expect(engine.delete(quiet)).rejects.toMatchObject(refused);
    expect(await exists(directory.record)).toBe(true);
  });

  it('ends the supervisor before it deletes its folder, also when record and status are damaged', async () => {
    const supervisor = await startProcess({
      program: 'sleep',
      args: ['60'],
      env: { PATH: '/usr/bin:/bin' },
      cwd: directory.run,
      log: directory.supervisorLog,
    });
    await writeFile(directory.record, '{');
    await writeFile(directory.status, '{');
    await writeSupervisor(directory.supervisorId, supervisor.id);

    await engine.delete(quiet);

    expect(await supervisor.exited).toBe('signal SIGTERM');
    expect(await exists(directory.root)).toBe(false);
  });
});
