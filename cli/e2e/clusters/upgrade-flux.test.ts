import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newMachine, withoutBackfill, type Machine } from '../../testing/e2e-machine.ts';
import { processesOf } from '../../testing/e2e-processes.ts';
import { versions } from '../../toolchain/versions.ts';

// Flux on the embedded engine; on an existing cluster: existing-flux.test.ts.
let machine: Machine;
const definition = 'kustomizations.kustomize.toolkit.fluxcd.io';
const [major = 0, minor = 0] = versions.flux.split('.').map(Number);

beforeAll(async () => {
  machine = await newMachine();
  await withoutBackfill(machine);
  expect(await machine.platform('bootstrap', 'dev', '--engine', 'embedded')).toMatchObject({ exitCode: 0 });
});
afterAll(async () => {
  expect(await machine.dispose()).toEqual([]);
});

/** Makes the cluster one that was started when this repository pinned other versions. */
async function startedWith(pins: Readonly<Record<string, string>>): Promise<void> {
  const path = join(machine.home, '.local/state/platform/acme/dev/cluster.json');
  const record = JSON.parse(await readFile(path, 'utf8')) as { versions: Record<string, string> };
  await writeFile(path, JSON.stringify({ ...record, versions: { ...record.versions, ...pins } }));
}
const pidOf = (program: string): number | undefined =>
  processesOf(machine.folder).find(({ args }) => args.includes(`/${program}/`))?.pid;
const descriptionOf = async (): Promise<string> =>
  machine.kubectl(
    'get',
    'crd',
    definition,
    '-o',
    'jsonpath={.spec.versions[0].schema.openAPIV3Schema.description}',
  );

describe('platform upgrade flux', () => {
  it('has nothing to do where the pinned version runs, and restarts nothing', async () => {
    const before = pidOf('kustomize-controller');
    const { exitCode, document } = await machine.json('upgrade', 'flux');
    expect({ exitCode, data: document.data }).toMatchObject({
      exitCode: 0,
      data: { environment: 'dev', from: versions.flux, moves: [], same: true, changed: false },
    });
    expect(pidOf('kustomize-controller')).toBe(before);
  });

  it.each([
    ['a downgrade', `${major}.${minor + 1}.0`, /would be a downgrade$/, /--allow-downgrade/],
    ['to skip a minor version', `${major}.${minor - 2}.0`, /skips a minor version/, /docs\/flux-system\.md/],
  ])('refuses %s, and changes nothing', async (_, flux, message, hint) => {
    const before = pidOf('kustomize-controller');
    await startedWith({ flux });
    const { exitCode, document } = await machine.json('upgrade', 'flux', 'dev');
    expect({ exitCode, error: document.error }).toMatchObject({
      exitCode: 2,
      error: {
        code: 'FLUX_UPGRADE_REFUSED',
        message: expect.stringMatching(message) as string,
        hint: expect.stringMatching(hint) as string,
      },
    });
    expect(pidOf('kustomize-controller')).toBe(before);
    await startedWith({ flux: versions.flux });
  });

  it('tells what it would do, and wants the name of a protected environment', async () => {
    await startedWith({ flux: `${major}.${minor - 1}.0`, 'kustomize-controller': '1.0.0' });
    await machine.edit('clusters/dev/values.yaml', 'sizing: small', 'sizing: small\nprotected: true');

    const planned = await machine.platform('upgrade', 'flux', 'dev', '--dry-run');
    const refused = await machine.json('upgrade', 'flux', 'dev');

    expect(planned.exitCode).toBe(0);
    expect(planned.stderr).toMatch(
      new RegExp(
        `^Flux of dev: v${major}\\.${minor - 1}\\.0 -> v${versions.flux}\nkustomize-controller +1\\.0\\.0 +-> +${versions['kustomize-controller']}\n`,
        'm',
      ),
    );
    expect(planned.stdout).toMatch(/upgrade definitions\n.*stop the cluster .*\n.*start the cluster/);
    expect(refused).toMatchObject({ exitCode: 3, document: { error: { code: 'NOT_CONFIRMED' } } });
    expect(refused.document.error?.hint).toBe('platform upgrade flux dev --confirm=dev');
  });

  it('killed in the middle is finished by the next run: definitions and controllers are the pinned ones', async () => {
    const path = '/spec/versions/0/schema/openAPIV3Schema/description';
    const [before, pinned] = [pidOf('kustomize-controller'), await descriptionOf()];
    const older = JSON.stringify([{ op: 'replace', path, value: 'Of an older Flux.' }]);
    await machine.kubectl('patch', 'crd', definition, '--type=json', `--patch=${older}`);
    const first = machine.start('upgrade', 'flux', 'dev', '--confirm=dev');
    await first.says('start the cluster');
    first.child.kill('SIGKILL');
    await first.ended;

    const { exitCode, document } = await machine.json('upgrade', 'flux', 'dev', '--confirm=dev');

    expect({ exitCode, data: document.data }).toMatchObject({
      exitCode: 0,
      data: { flux: versions.flux, same: true, changed: true },
    });
    expect(await descriptionOf()).toBe(pinned);
    expect(pidOf('kustomize-controller')).toBeTypeOf('number');
    expect(pidOf('kustomize-controller')).not.toBe(before);
    expect(await machine.platform('flux', 'check', 'dev')).toMatchObject({ exitCode: 0 });
    expect(await machine.platform('status', 'dev')).toMatchObject({ exitCode: 0 });
  });
});
