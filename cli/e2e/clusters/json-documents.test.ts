import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildModel } from '../../observe/build-model.ts';
import { builtProgram, type BuiltProgram } from '../../testing/built-program.ts';
import { now } from '../../testing/cluster-objects.ts';
import { storyObjects } from '../../testing/dashboard-fixture.ts';
import { documentedKinds, documentProblems } from '../../testing/json-documents.ts';

const commandsFolder = join(import.meta.dirname, '../../commands');

let program: BuiltProgram;
beforeAll(async () => (program = await builtProgram()), 60_000);
afterAll(async () => program.dispose());
afterEach(async () => {
  await program.git('checkout', '--quiet', '.');
  await program.git('clean', '--quiet', '-fd');
});

interface Document {
  readonly kind: string;
  readonly ok: boolean;
  readonly data: Record<string, unknown> | null;
  readonly error: { code: string } | null;
}

/** Runs a command with --json, and fails where the document is not as docs/json says. */
async function run(...args: string[]): Promise<{ code: number | null; document: Document }> {
  const { code, stdout, stderr } = await program.run([...args, '--json']);
  expect(documentProblems(stdout), `${stdout}\n${stderr}`).toEqual([]);
  return { code, document: JSON.parse(stdout) as Document };
}

describe('the document of each command that needs no cluster', () => {
  it.each([
    ['RenderResult', 0, ['render', '--check']],
    ['BuildResult', 0, ['build', 'dev', 'trades']],
    ['ValidateResult', 0, ['validate', 'dev']],
    ['DiffResult', 0, ['diff', 'dev']],
    ['AppNewResult', 0, ['app', 'new', 'news-api', '--kind', 'service']],
    ['EnvNewResult', 0, ['env', 'new', 'canary-1', '--from', 'dev', '--dry-run']],
    ['BackfillRerun', 0, ['backfill', 'rerun', 'dev', '--from', '2-candles', '--dry-run']],
    ['ImageBuild', 0, ['image', 'build', 'trades', '--dry-run']],
    ['ImagePush', 0, ['image', 'push', 'trades', '--tag', '0.1.0', '--dry-run']],
    ['Matrix', 0, ['matrix']],
    ['SecretsInit', 0, ['secrets', 'init', 'dev']],
    ['SecretView', 0, ['secrets', 'view', 'dev']],
    ['SecretsCheck', 0, ['secrets', 'check', 'dev']],
    ['SecretsCheck', 0, ['secrets', 'check', '--staged']],
    ['Completion', 0, ['completion', 'fish']],
    ['ToolList', 0, ['tools']],
    ['Diagnosis', 4, ['doctor', '--engine', 'existing']],
    ['BootstrapResult', 0, ['bootstrap', 'dev', '--engine', 'embedded', '--dry-run']],
    ['DeleteResult', 0, ['delete', 'dev', '--dry-run']],
    ['DeleteResult', 0, ['delete', 'dev']],
    ['Status', 1, ['status', 'dev']],
  ])('%s, exit code %i: %j', async (kind, code, args) => {
    const ran = await run(...args);

    expect(ran.document).toMatchObject({ kind, ok: ran.code === 0, error: null });
    if (kind !== 'Diagnosis') expect(ran.code).toBe(code); // what a machine lacks is its own business
  });

  it('RenderResult and DiffResult, where values have changed', async () => {
    const values = join(program.root, 'clusters/dev/values.yaml');
    await writeFile(values, (await readFile(values, 'utf8')).replace('logLevel: debug', 'logLevel: info'));

    const diff = await run('diff', 'dev');
    const render = await run('render', 'dev');

    expect(diff).toMatchObject({ code: 1, document: { ok: false } });
    expect(render).toMatchObject({ code: 0, document: { ok: true, data: { written: true } } });
  });

  it('ValidateResult, where there is something to find', async () => {
    const base = join(program.root, 'apps/trades/base/deployment.yaml');
    await writeFile(base, (await readFile(base, 'utf8')).replace('spec:', 'spec:\n  replicaz: 1'));

    expect(await run('validate', 'dev')).toMatchObject({ code: 1, document: { ok: false, error: null } });
  });
});

describe('the document of what a kept status shows', () => {
  const model = buildModel({ objects: storyObjects(), notes: [], environment: 'dev' }, now);
  const file = (): string => join(program.root, 'snapshot.json');

  beforeEach(async () => {
    const head = (await program.git('rev-parse', 'HEAD')).trim();
    const data = {
      environment: 'dev',
      engine: 'embedded',
      standIns: [],
      state: 'running',
      parts: [],
      git: { head, uncommitted: 0, applied: head },
      model,
    };
    const status = { apiVersion: 'platform/v1', kind: 'Status', ok: false, data, warnings: [], error: null };
    await writeFile(file(), JSON.stringify(status));
    expect(documentProblems(await readFile(file(), 'utf8'))).toEqual([]);
  });

  it.each([
    ['Why', 1, ['why']],
    ['Why', 0, ['why', 'trades']],
    ['Tree', 0, ['tree']],
    ['Tree', 0, ['tree', 'trades', '--unwell']],
    ['Order', 0, ['order']],
    ['Events', 0, ['events', '--warnings']],
    ['Explanation', 0, ['explain', 'dev', 'deploy/trades', 'spec.replicas']],
    ['Explanation', 0, ['explain', 'dev', 'pod/trades-1-x']],
  ])('%s, exit code %i: %j', async (kind, code, args) => {
    expect(await run(...args, '--from', file())).toMatchObject({
      code,
      document: { kind, ok: code === 0, error: null },
    });
  });
});

describe('the document of a failure', () => {
  it.each([
    ['RenderResult', 2, 'ENVIRONMENT_UNKNOWN', ['render', 'nope']],
    ['Logs', 4, 'CLUSTER_MISSING', ['logs', 'dev']],
    ['LoadTest', 4, 'CLUSTER_MISSING', ['loadtest', 'dev', 'prediction-api']],
    ['LoadTest', 2, 'USAGE', ['loadtest', 'prediction-api', '--rps', '1001']],
    ['Why', 4, 'CLUSTER_MISSING', ['why', 'dev']],
    ['Tree', 4, 'CLUSTER_MISSING', ['tree', 'dev']],
    ['Order', 4, 'CLUSTER_MISSING', ['order', 'dev']],
    ['Events', 2, 'SNAPSHOT_UNREADABLE', ['events', '--from', '/dev/null']],
    ['Explanation', 4, 'CLUSTER_MISSING', ['explain', 'dev', 'trades']],
    ['StartResult', 4, 'CLUSTER_MISSING', ['start', 'dev']],
    ['StopResult', 4, 'CLUSTER_MISSING', ['stop', 'dev']],
    ['DeployResult', 4, 'CLUSTER_MISSING', ['deploy', 'dev']],
    ['NukeResult', 4, 'CLUSTER_MISSING', ['nuke-and-rebuild', 'dev', '--confirm=dev']],
    ['DeleteResult', 3, 'NOT_CONFIRMED', ['delete', 'dev', '--purge']],
    ['AppNewResult', 2, 'NAME_INVALID', ['app', 'new', 'trades', '--kind', 'job']],
    ['EnvNewResult', 2, 'ENVIRONMENT_UNKNOWN', ['env', 'new', 'x', '--from', 'nope']],
    ['BackfillRerun', 2, 'ENVIRONMENT_UNKNOWN', ['backfill', 'rerun', 'nope']],
    ['ImageBump', 2, 'GIT_UNUSABLE', ['image', 'bump', 'trades', 'stage', '0.2.0']],
    ['ImageLoad', 4, 'CLUSTER_MISSING', ['image', 'load', 'trades']],
    ['SecretSet', 2, 'USAGE', ['secrets', 'set', 'dev', 'exchange', 'token']],
    ['SecretsRotation', 4, 'SECRET_KEY_MISSING', ['secrets', 'rotate', 'prod', '--dry-run']],
    ['SecretEdit', 4, 'SECRET_MISSING', ['secrets', 'edit', 'dev', 'exchange']],
    ['SecretView', 4, 'SECRET_MISSING', ['secrets', 'view', 'dev', 'exchange', 'token']],
    ['ToolMirror', 2, 'USAGE', ['tools', 'mirror', '/dev/null']],
    ['Error', 2, 'USAGE', ['rendr']],
    ['Error', 2, 'USAGE', ['status', '--bogus']],
  ])('%s, exit code %i, %s: %j', async (kind, code, error, args) => {
    expect(await run(...args)).toMatchObject({
      code,
      document: { kind, ok: false, data: null, error: { code: error } },
    });
  });

  it('has a place for each thing that is wrong in the values', async () => {
    const values = join(program.root, 'clusters/dev/values.yaml');
    await writeFile(values, (await readFile(values, 'utf8')).replace('replicas: 1', 'replica: 1'));

    const { document } = await run('render', 'dev');

    expect(document.error).toMatchObject({
      code: 'VALUES_INVALID',
      details: [{ file: 'clusters/dev/values.yaml', line: 9, column: 5 }],
    });
  });

  it('is of the command also where there is no repository', async () => {
    await rm(join(program.root, 'platform.yaml'));

    expect(await run('validate')).toMatchObject({ document: { error: { code: 'NOT_A_PLATFORM' } } });
  });
});

it('has a schema, and a line in docs/json.md, for every kind that a command gives', async () => {
  const names = (await readdir(commandsFolder)).filter((name) => !name.endsWith('.test.ts'));
  const sources = await Promise.all(names.map(async (name) => readFile(join(commandsFolder, name), 'utf8')));
  const given = sources.flatMap((source) =>
    [...source.matchAll(/handle(?:<[^(]*>)?\(\s*'(\w+)'/g)].map(([, kind = '']) => kind),
  );
  const page = await readFile(join(import.meta.dirname, '../../../docs/json.md'), 'utf8');

  expect([...new Set([...given, 'Error'])].sort()).toEqual(documentedKinds());
  for (const kind of documentedKinds()) expect(page).toContain(`[${kind}](json/${kind}.schema.json)`);
});

it('finds what is not as documented', async () => {
  const good = { apiVersion: 'platform/v1', kind: 'StopResult', ok: true, warnings: [], error: null };

  expect(documentProblems({ ...good, data: { environment: 'dev', changed: true } })).toEqual([]);
  expect(documentProblems({ ...good, data: { environment: 'dev' } })).not.toEqual([]);
  expect(documentProblems({ ...good, data: { environment: 'dev', changed: true, more: 1 } })).not.toEqual([]);
  expect(documentProblems({ ...good, data: null })).not.toEqual([]);
  expect(documentProblems({ ...good, data: { environment: 'dev', changed: true }, extra: 1 })).not.toEqual(
    [],
  );
  expect(documentProblems({ ...good, kind: 'Nothing' })).toEqual(['no schema of kind Nothing']);
});
