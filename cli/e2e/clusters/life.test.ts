import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { newMachine, withoutBackfill, type Document, type Machine } from '../../testing/e2e-machine.ts';
import { processesOf } from '../../testing/e2e-processes.ts';
import { users } from '../../testing/kubeconfigs.ts';
import { clusterProcesses, processesWhen } from '../../testing/fault-traces.ts';

// One cluster, from its creation to its end; the user had a kubeconfig before.
let machine: Machine;
const values = 'clusters/dev/values.yaml';
const keep = (): string => join(machine.home, '.local/state/platform/acme/dev.keep');

const live = async (kind: string, name: string): Promise<string> =>
  machine.kubectl('get', kind, name, '-n', 'ml', '--ignore-not-found', '-o', 'name');
const productIds = async (): Promise<string> =>
  machine.kubectl('get', 'configmap', 'trades', '-n', 'ml', '-o', 'jsonpath={.data.PRODUCT_IDS}');
const killed = (program: string): void => {
  const [found, ...others] = processesOf(machine.folder).filter(({ args }) => args.includes(program));
  if (!found || others.length > 0) throw new Error(`there is not exactly one ${program}`);
  process.kill(found.pid, 'SIGKILL');
};
/** Waits until `platform status` says so; its exit code and its document. */
const until = async (state: string, exitCode: number): Promise<Document> =>
  vi.waitFor(
    async () => {
      const status = await machine.json('status', 'dev');
      expect(status).toMatchObject({ exitCode, document: { data: { state } } });
      return status.document;
    },
    { timeout: 60_000, interval: 500 },
  );

beforeAll(async () => {
  machine = await newMachine();
  await withoutBackfill(machine);
  await mkdir(join(machine.home, '.kube'));
  await writeFile(join(machine.home, '.kube/config'), users, { mode: 0o600 });
  const { exitCode, stdout } = await machine.platform('bootstrap', 'dev', '--engine', 'embedded');
  expect(exitCode).toBe(0);
  expect(stdout).toContain('kubectl config use-context work');
});
afterAll(async () => {
  expect(await machine.dispose()).toEqual([]);
});

describe('stop and start', () => {
  it('end every process, and bring back what was there', async () => {
    await machine.kubectl('create', 'configmap', 'by-hand', '-n', 'ml', '--from-literal=a=b');
    await machine.kubectl('create', 'role', 'by-hand', '-n', 'ml', '--verb=get', '--resource=pods');

    expect((await machine.platform('stop', 'dev')).exitCode).toBe(0);

    expect(processesOf(machine.folder)).toEqual([]);
    await until('stopped', 1);
    expect(await machine.json('deploy', 'dev')).toMatchObject({
      exitCode: 4,
      document: { error: { code: 'CLUSTER_STOPPED', hint: 'platform start dev' } },
    });

    expect((await machine.platform('start', 'dev')).exitCode).toBe(0);

    expect(await live('configmap', 'by-hand')).toBe('configmap/by-hand\n');
    await until('running', 0);
  });
});

describe('kill -9', () => {
  it('of the API server is mended by the supervisor, and status tells of it', async () => {
    killed('kube-apiserver/');
    await vi.waitFor(async () => expect((await machine.platform('status', 'dev')).exitCode).toBe(1), {
      timeout: 20_000,
    });

    const { data } = await until('running', 0);

    expect(data?.['parts']).toContainEqual(
      expect.objectContaining({
        name: 'kube-apiserver',
        restarts: 1,
        lastExit: expect.objectContaining({ reason: 'signal SIGKILL' }) as unknown,
      }),
    );
    expect((await machine.platform('status', 'dev')).stdout).toMatch(
      /^part +kube-apiserver is running, started again 1 time, last end: signal SIGKILL/m,
    );
  });

  it('of the supervisor is told by status, and mended by start', async () => {
    killed('supervisor.mjs');

    const { data } = await until('degraded', 1);
    expect(data?.['parts']).toContainEqual(expect.objectContaining({ name: 'supervisor', state: 'failed' }));

    expect((await machine.platform('start', 'dev')).exitCode).toBe(0);
    await until('running', 0);
    await processesWhen(machine, clusterProcesses);
    expect(await live('configmap', 'by-hand')).toBe('configmap/by-hand\n');
  });
});

describe('nuke-and-rebuild', () => {
  it('lists what will be lost, and does nothing before the name is given', async () => {
    machine.git('commit', '--allow-empty', '--message', 'Not pushed');

    const { exitCode, stderr } = await machine.platform('nuke-and-rebuild', 'dev');

    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/Not in git, so lost:\n {2}ConfigMap\/ml\/by-hand\n {2}Role\/ml\/by-hand\n/);
    expect(stderr).toMatch(/^1 commits? of this clone (was|were) never pushed to dev/m);
    expect(stderr).toContain('platform nuke-and-rebuild dev --confirm=dev');
    expect(await live('configmap', 'by-hand')).toBe('configmap/by-hand\n');
    machine.git('reset', '--hard', 'HEAD~1');
  });

  it('refuses a protected environment, unless that is allowed explicitly', async () => {
    await machine.edit(values, 'sizing: small', 'sizing: small\nprotected: true');

    for (const command of ['nuke-and-rebuild', 'delete']) {
      expect(await machine.json(command, 'dev', '--confirm=dev')).toMatchObject({
        exitCode: 3,
        document: {
          error: { code: 'PROTECTED', hint: expect.stringContaining('--allow-protected') as string },
        },
      });
    }
    expect(await machine.platform('nuke-and-rebuild', 'dev', '--allow-protected', '--dry-run')).toMatchObject(
      { exitCode: 0 },
    );
    machine.git('checkout', '--', values);
    await until('running', 0);
  });

  it('brings back the commit that was applied, proves it, and then follows the branch that has moved on', async () => {
    const applied = machine.git('rev-parse', 'HEAD').trim();
    const suspend = ['-n', 'flux-system', '--type=merge', '--patch={"spec":{"suspend":true}}'];
    await machine.kubectl('patch', 'gitrepository', 'platform', ...suspend);
    await machine.edit(values, 'productIds: [BTC/USD, ETH/USD, SOL/USD]', 'productIds: [ADA/USD]');
    expect((await machine.platform('render', 'dev')).exitCode).toBe(0);
    machine.git('commit', '--all', '--message', 'Trade ADA');
    machine.git('push', 'dev');

    const { exitCode, document } = await machine.json('nuke-and-rebuild', 'dev', '--confirm=dev');

    expect({ exitCode, document }).toMatchObject({
      exitCode: 0,
      document: { kind: 'NukeResult', data: { commit: applied, missing: [], changed: [], equal: true } },
    });
    expect(document.data?.['same']).toHaveLength(9);
    expect(await live('configmap', 'by-hand')).toBe('');
    await vi.waitFor(async () => expect(await productIds()).toBe('["ADA/USD"]'), {
      timeout: 60_000,
      interval: 250,
    });
    expect(await machine.kubectl('config', 'current-context')).toBe('acme-dev\n');
    console.log(`nuke-and-rebuild took ${String(document.data?.['totalMs'])} ms`);
  });
});

describe('another repository that names the same client', () => {
  it('is kept away from the cluster, its repository and its keys', async () => {
    const stranger = join(machine.folder, 'stranger');
    await cp(machine.clone, stranger, {
      recursive: true,
      filter: (path) => path !== join(machine.clone, '.git'),
      verbatimSymlinks: true,
    });
    const inStranger = (...args: string[]): void =>
      void execFileSync('git', args, { cwd: stranger, env: machine.env, stdio: 'ignore' });
    inStranger('init');
    inStranger('add', '--all');
    inStranger('commit', '--message', 'Another beginning');

    for (const command of [
      ['bootstrap', 'dev'],
      ['delete', 'dev', '--purge', '--confirm=dev'],
    ]) {
      expect(await machine.json('-C', stranger, ...command)).toMatchObject({
        exitCode: 2,
        document: {
          error: {
            code: 'CLUSTER_FOREIGN',
            message: expect.stringContaining(machine.clone) as string,
            hint: expect.stringContaining('another client in platform.yaml') as string,
          },
        },
      });
    }
    await until('running', 0);
  });
});

describe('delete', () => {
  it('with --purge refuses while the repository of the cluster has commits that this clone lacks', async () => {
    const other = join(machine.folder, 'other clone');
    execFileSync('git', ['clone', '--quiet', join(keep(), 'repository.git'), other], { env: machine.env });
    for (const args of [
      ['commit', '--allow-empty', '--message', 'Only there'],
      ['push', 'origin', 'HEAD:main'],
    ]) {
      execFileSync('git', args, { cwd: other, env: machine.env, stdio: 'ignore' });
    }

    const refused = await machine.json('delete', 'dev', '--purge', '--confirm=dev');

    expect(refused).toMatchObject({ exitCode: 2, document: { error: { code: 'COMMITS_NOT_PUSHED' } } });
    await until('running', 0);
    const hint = refused.document.error?.hint ?? '';
    execFileSync('sh', ['-c', hint], { cwd: machine.clone, env: machine.env, stdio: 'ignore' });
    expect(machine.git('log', '-1', '--format=%s', 'kept-main').trim()).toBe('Only there');
  });

  it('takes the context out of the kubeconfig, and the one from before is current again', async () => {
    expect((await machine.platform('delete', 'dev', '--confirm=dev')).exitCode).toBe(0);

    expect(processesOf(machine.folder)).toEqual([]);
    expect(await machine.kubectl('config', 'get-contexts', '-o', 'name')).toBe('work\n');
    expect(await machine.kubectl('config', 'current-context')).toBe('work\n');
    expect(existsSync(join(keep(), 'repository.git'))).toBe(true);
    await until('absent', 1);
  });

  it('with --purge then takes the rest', async () => {
    expect((await machine.platform('delete', 'dev', '--purge', '--confirm=dev')).exitCode).toBe(0);

    expect(existsSync(keep())).toBe(false);
    expect(existsSync(join(machine.home, '.config/platform/acme/dev.agekey'))).toBe(false);
    expect(machine.git('remote').trim()).toBe('origin');
  });
});
