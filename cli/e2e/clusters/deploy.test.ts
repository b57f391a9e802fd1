import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { newMachine, withoutBackfill, type Machine } from '../../testing/e2e-machine.ts';

// One cluster; each test leaves the clone clean and the cluster equal to it. The backfill, which takes a while, comes last.
let machine: Machine;
const values = 'clusters/dev/values.yaml';

const head = (): string => machine.git('rev-parse', 'HEAD').trim();
const live = async (app: string, key: string): Promise<string> =>
  machine.kubectl('get', 'configmap', app, '-n', 'ml', '-o', `jsonpath={.data.${key}}`);
const jobs = async (): Promise<string[]> =>
  (
    await machine.kubectl(
      'get',
      'jobs',
      '-n',
      'ml',
      '-o',
      'jsonpath={range .items[*]}{.metadata.name}={.metadata.uid}{"\\n"}{end}',
    )
  )
    .trim()
    .split('\n')
    .sort();
const soon = async (check: () => Promise<void>): Promise<void> => {
  await vi.waitFor(check, { timeout: 60_000, interval: 100 });
};

beforeAll(async () => {
  machine = await newMachine();
  await withoutBackfill(machine);
  expect((await machine.platform('bootstrap', 'dev', '--engine', 'embedded')).exitCode).toBe(0);
});
afterAll(async () => {
  expect(await machine.dispose()).toEqual([]);
});

describe('git push', () => {
  it('brings a changed value into the cluster', async () => {
    await machine.edit(values, 'productIds: [BTC/USD, ETH/USD, SOL/USD]', 'productIds: [BTC/USD, ADA/USD]');
    expect((await machine.platform('render', 'dev')).exitCode).toBe(0);
    machine.git('commit', '--all', '--message', 'Trade ADA');

    const pushed = Date.now();
    const answer = machine.git('push', 'dev');
    await soon(async () => expect(await live('trades', 'PRODUCT_IDS')).toBe('["BTC/USD","ADA/USD"]'));

    console.log(`git push -> applied took ${Date.now() - pushed} ms`);
    // Flux was asked to fetch because of this push: it did not merely look, as it does each minute.
    const path = 'jsonpath={.status.lastHandledReconcileAt}';
    const asked = async (): Promise<string> =>
      machine.kubectl('get', 'gitrepository', 'platform', '-n', 'flux-system', '-o', path);
    await expect.poll(async () => Date.parse(await asked())).toBeGreaterThanOrEqual(pushed);
    expect(answer).toContain(
      `remote: dev is to run ${head().slice(0, 7)}. Whether it does: platform status dev`,
    );
  });

  it('says that nothing is deployed when another branch is pushed', () => {
    const answer = machine.git('push', 'dev', 'HEAD:refs/heads/try');

    expect(answer).toContain(
      'remote: Nothing is deployed: Flux follows main, and this was try. Deploy it: git push dev HEAD:main',
    );
  });

  it('brings a folder that is new at the top of the repository, and takes it away again', async () => {
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'extra', namespace: 'ml' } };
    const applied = {
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata: { name: 'extra', namespace: 'flux-system' },
      spec: {
        interval: '10m',
        path: './added for a test',
        prune: true,
        sourceRef: { kind: 'GitRepository', name: 'platform' },
      },
    };
    mkdirSync(join(machine.clone, 'added for a test'));
    writeFileSync(join(machine.clone, 'added for a test/extra.yaml'), JSON.stringify(object));
    writeFileSync(join(machine.clone, 'clusters/dev/flux/extra.yaml'), JSON.stringify(applied));
    machine.git('add', '--all');
    machine.git('commit', '--message', 'Add a folder');
    const extra = async (): Promise<string> =>
      machine.kubectl('get', 'configmap', 'extra', '-n', 'ml', '--ignore-not-found', '-o', 'name');

    machine.git('push', 'dev');
    await soon(async () => expect(await extra()).toBe('configmap/extra\n'));

    machine.git('revert', '--no-edit', 'HEAD');
    machine.git('push', 'dev');
    await soon(async () => expect(await extra()).toBe(''));
    const path = 'jsonpath={.spec.sparseCheckout}';
    const source = await machine.kubectl('get', 'gitrepository', 'platform', '-n', 'flux-system', '-o', path);
    expect(JSON.parse(source)).toEqual(expect.arrayContaining(['apps', 'clusters', 'infrastructure']));
    expect(source).not.toMatch(/"cli"|"added for a test"/);
  });

  it('of a broken manifest makes status name the culprit, and the fix recovers', async () => {
    await machine.edit('apps/trades/base/deployment.yaml', 'kind: Deployment', 'kind: Deploymint');
    machine.git('commit', '--all', '--message', 'Break it');
    machine.git('push', 'dev');
    await soon(async () => {
      const { exitCode, document } = await machine.json('status', 'dev');
      expect(exitCode).toBe(1);
      expect(trades(document.data)).toMatchObject({ state: 'Failed' });
    });
    const { stdout } = await machine.platform('status', 'dev');
    expect(stdout).toMatch(/^\S+ trades: kustomize build failed: .*no matches for Id Deployment/m);

    machine.git('revert', '--no-edit', 'HEAD');
    const fixed = await machine.json('deploy', 'dev');

    expect(fixed).toMatchObject({ exitCode: 0, document: { data: { commit: head(), committed: false } } });
    expect((await machine.platform('status', 'dev')).exitCode).toBe(0);
  });
});

describe('platform deploy', () => {
  it('renders, commits only values and what is rendered from them, and ends when they are live', async () => {
    await machine.edit(values, 'productIds: [BTC/USD, ADA/USD]', 'productIds: [DOT/USD]');
    await machine.write('notes.txt', 'not for the cluster\n');

    const { exitCode, document } = await machine.json('deploy', 'dev', '-m', 'Trade DOT');

    expect({ exitCode, document }).toMatchObject({
      exitCode: 0,
      document: { kind: 'DeployResult', data: { commit: head(), committed: true } },
    });
    expect(await live('trades', 'PRODUCT_IDS')).toBe('["DOT/USD"]');
    expect(machine.git('show', '--name-only', '--format=%s', 'HEAD').trim().split('\n')).toEqual([
      'Trade DOT',
      '',
      'apps/trades/overlays/dev/config.yaml',
      values,
    ]);
    expect(machine.git('status', '--porcelain').trim()).toBe('?? notes.txt');
  });

  it('refuses an invalid value with its place, and commits nothing', async () => {
    const before = head();
    await machine.edit(values, 'productIds: [DOT/USD]', 'productIds: dot');

    const { exitCode, document } = await machine.json('deploy', 'dev');

    expect({ exitCode, code: document.error?.code }).toEqual({ exitCode: 2, code: 'VALUES_INVALID' });
    const lines = readFileSync(join(machine.clone, values), 'utf8').split('\n');
    const line = lines.findIndex((text) => text.includes('productIds: dot')) + 1;
    expect(document.error?.details).toEqual([expect.objectContaining({ file: values, line })]);
    expect(head()).toBe(before);
    expect(machine.git('status', '--porcelain').trim()).toBe(`M ${values}\n?? notes.txt`);
    machine.git('checkout', '--', values);
  });

  it('asks before it deletes an app: without an answer nothing is done, with --yes the app is gone', async () => {
    const before = head();
    await machine.edit(values, '  prediction-api:\n', '  prediction-api:\n    enabled: false\n');

    const refused = await machine.json('deploy', 'dev');

    expect(refused).toMatchObject({
      exitCode: 3,
      document: { error: { code: 'NOT_CONFIRMED', hint: 'platform deploy dev --yes' } },
    });
    expect(refused.document.error?.message).toContain('Deployment/ml/prediction-api (prune');
    expect(head()).toBe(before);
    expect(existsSync(join(machine.clone, 'apps/prediction-api/overlays/dev'))).toBe(true);

    const confirmed = await machine.platform('deploy', 'dev', '--yes');
    expect(confirmed.exitCode, confirmed.stderr).toBe(0);
    expect(confirmed.stderr).toMatch(/^plan (…|\.{3})\n {4}ok \(/m); // off a terminal; on one it names the stage

    await soon(async () => {
      const left = await machine.kubectl('get', 'deployments,services,configmaps', '-n', 'ml', '-o', 'name');
      expect(left.split('\n').filter((name) => name.includes('prediction-api'))).toEqual([]);
    });
    expect((await machine.platform('status', 'dev')).exitCode).toBe(0);
  });

  it('asks before it deletes what was taken out by hand and committed, but never deployed', async () => {
    await machine.edit(values, '  trades:\n', '  trades:\n    enabled: false\n');
    await machine.platform('render', 'dev');
    machine.git('add', '--all');
    machine.git('commit', '--message', 'No trades');

    const refused = await machine.json('deploy', 'dev');

    expect(refused.document.error?.message).toContain('Deployment/ml/trades (prune');
    machine.git('revert', '--no-edit', 'HEAD');
  });

  it('commits nothing that only lies beside the files it renders', async () => {
    const strays = [
      'apps/trades/overlays/dev/password.txt',
      'clusters/dev/values.yaml.bak',
      'platform.yaml.orig',
    ];
    for (const path of strays) await machine.write(path, 'mine\n');
    await machine.edit(values, 'productIds: [DOT/USD]', 'productIds: [DOT/USD, SOL/USD]');

    expect((await machine.platform('deploy', 'dev')).exitCode).toBe(0);

    expect(machine.git('status', '--porcelain').trim().split('\n').sort()).toEqual(
      strays.map((path) => `?? ${path}`).sort(),
    );
    for (const path of strays) await rm(join(machine.clone, path));
  });

  it('that lost a race is told how to go on, and what it is told works', async () => {
    const other = join(machine.folder, 'other clone');
    const url = machine.git('remote', 'get-url', 'dev').trim();
    const git = (...args: string[]): unknown =>
      execFileSync('git', args, { cwd: other, env: machine.env, stdio: 'ignore' });
    execFileSync('git', ['clone', '--quiet', url, other], { env: machine.env });
    git('commit', '--allow-empty', '--message', 'Faster');
    git('push', 'origin', 'HEAD:main');
    await machine.edit(values, 'productIds: [DOT/USD, SOL/USD]', 'productIds: [SOL/USD]');

    const lost = await machine.json('deploy', 'dev');

    expect(lost).toMatchObject({
      exitCode: 2,
      document: { error: { code: 'GIT_PUSH_REJECTED', hint: 'git pull --rebase --autostash dev main' } },
    });
    machine.git('pull', '--rebase', '--autostash', 'dev', 'main');
    expect((await machine.platform('deploy', 'dev')).exitCode).toBe(0);
    expect(await live('trades', 'PRODUCT_IDS')).toBe('["SOL/USD"]');
    expect(machine.git('log', '--format=%s', '-2').trim().split('\n')).toEqual(['Deploy dev', 'Faster']);
  });
});

describe('the backfill', () => {
  it('runs when it is switched on, and not again when something else changes', async () => {
    await machine.edit(values, 'backfill:\n    enabled: false', 'backfill:\n    enabled: true');
    expect((await machine.platform('deploy', 'dev')).exitCode).toBe(0);
    // The deploy does not wait for what may run for hours: the later stages come one after the other.
    const ran = await vi.waitFor(
      async () => {
        const now = await jobs();
        expect(now).toHaveLength(3);
        return now;
      },
      { timeout: 60_000, interval: 500 },
    );
    expect(ran[0]).toMatch(/^backfill-/);

    await machine.edit(values, 'productIds: [SOL/USD]', 'productIds: [ADA/USD]');
    expect((await machine.platform('deploy', 'dev')).exitCode).toBe(0);

    expect(await live('trades', 'PRODUCT_IDS')).toBe('["ADA/USD"]');
    expect(await jobs()).toEqual(ran);
  });

  it('runs again when its configuration changes, all stages of it, and would for a rebuild', async () => {
    const before = await jobs();
    await machine.edit(values, 'lastDays: 7', 'lastDays: 14');

    expect((await machine.platform('deploy', 'dev')).exitCode).toBe(0);

    expect(await live('backfill', 'LAST_DAYS')).toBe('14');
    const after = await vi.waitFor(
      async () => {
        const now = await jobs();
        expect(now).toHaveLength(3);
        expect(now.filter((job) => before.includes(job))).toEqual([]);
        return now;
      },
      { timeout: 60_000, interval: 500 },
    );
    const jobsThatRunAgain = after.map((job) => `Job/ml/${job.split('=')[0] ?? ''}`);
    // A Job is there a moment before Flux says that it owns it.
    await vi.waitFor(
      async () => {
        const { document } = await machine.json('nuke-and-rebuild', 'dev', '--dry-run');
        expect(document.data).toMatchObject({ losses: { jobsThatRunAgain } });
      },
      { timeout: 60_000, interval: 500 },
    );
  });
});

function trades(data: Record<string, unknown> | null): unknown {
  const { items } = (data as { model: { items: { id: string }[] } }).model;
  return items.find(({ id }) => id === 'Kustomization/flux-system/trades');
}
