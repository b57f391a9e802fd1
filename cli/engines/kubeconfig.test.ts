import { mkdtemp, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { steppingClock } from '../ports/clock.fake.ts';
import { type Locations, locationsFrom } from '../ports/locations.ts';
import type { ClusterAccess } from './engine.ts';
import { users, writeEngineKubeconfig } from '../testing/kubeconfigs.ts';
import { addContext } from './kubeconfig.ts';

let folder: string;
let access: ClusterAccess;
const at = (name: string): string => join(folder, name);
const depsFor = (...files: string[]): { clock: ReturnType<typeof steppingClock>; locations: Locations } => ({
  clock: steppingClock(),
  locations: locationsFrom({ HOME: folder, KUBECONFIG: files.map(at).join(':') }),
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
  access = await writeEngineKubeconfig(folder, 'Q0Ex');
});

describe('addContext', () => {
  it('adds the context, makes it current, and leaves everything else as it was, comments included', async () => {
    await writeFile(at('config'), users, { mode: 0o640 });

    const added = await addContext(depsFor('config'), access);

    expect(added).toEqual({ file: at('config'), context: 'acme-dev', previous: 'work', changed: true });
    const text = await readFile(at('config'), 'utf8');
    for (const line of users.split('\n').filter((line) => !line.startsWith('current-context')))
      expect(text).toContain(line);
    expect(parse(text)).toMatchObject({
      'current-context': 'acme-dev',
      clusters: [{ name: 'work' }, { name: 'acme-dev', cluster: { server: 'https://127.0.0.1:20001' } }],
      users: [{ name: 'me' }, { name: 'acme-dev', user: { token: 'secret-token' } }],
    });
    expect((await stat(at('config'))).mode & 0o777).toBe(0o640);
  });

  it('makes the file, and its folder, for the owner only', async () => {
    await addContext(depsFor('new/config'), access);

    expect((await stat(at('new/config'))).mode & 0o777).toBe(0o600);
  });

  it('writes new entries to the first of several files that exists', async () => {
    await writeFile(at('second'), users);
    await writeFile(at('third'), 'apiVersion: v1\nkind: Config\n');

    await addContext(depsFor('first', 'second', 'third'), access);

    expect(await readFile(at('second'), 'utf8')).toContain('acme-dev');
    expect(await readFile(at('third'), 'utf8')).toBe('apiVersion: v1\nkind: Config\n');
    await expect(stat(at('first'))).rejects.toThrow('ENOENT');
  });

  it('writes to the last of several files when none exists', async () => {
    expect(await addContext(depsFor('first', 'second'), access)).toMatchObject({ file: at('second') });
  });

  it('updates an entry in the file that has it, and keeps the namespace that the user set', async () => {
    await writeFile(at('first'), users);
    await addContext(depsFor('second'), access);
    const set = (await readFile(at('second'), 'utf8')).replace(
      'user: acme-dev\n',
      'user: acme-dev\n    namespace: apps\n',
    );
    await writeFile(at('second'), set);
    await writeEngineKubeconfig(folder, 'Q0Ex', 20_002);

    await addContext(depsFor('first', 'second'), access);

    expect(parse(await readFile(at('second'), 'utf8'))).toMatchObject({
      clusters: [{ cluster: { server: 'https://127.0.0.1:20002' } }],
      contexts: [{ context: { namespace: 'apps' } }],
    });
    expect(await readFile(at('first'), 'utf8')).not.toContain('20002');
  });

  it('changes nothing the second time, and still knows what was current before', async () => {
    await writeFile(at('config'), users);
    await addContext(depsFor('config'), access);

    expect(await addContext(depsFor('config'), access)).toMatchObject({ changed: false, previous: 'work' });
  });

  it('follows a symbolic link instead of replacing it', async () => {
    await writeFile(at('real'), users);
    await symlink(at('real'), at('config'));

    await addContext(depsFor('config'), access);

    expect(await readFile(at('real'), 'utf8')).toContain('acme-dev');
  });

  it('refuses an entry of the same name that belongs to another cluster, and touches nothing', async () => {
    const foreign = users.replaceAll('work', 'acme-dev');
    await writeFile(at('config'), foreign);

    await expect(addContext(depsFor('config'), access)).rejects.toMatchObject({
      code: 'KUBECONFIG_UNUSABLE',
      message: `${at('config')} has a cluster acme-dev that belongs to something else`,
      hint: `If nobody needs it: kubectl config delete-cluster acme-dev --kubeconfig ${at('config')}`,
    });
    expect(await readFile(at('config'), 'utf8')).toBe(foreign);
  });

  it('refuses a broken file without quoting it, and touches nothing', async () => {
    await writeFile(at('config'), 'users:\n- name: me\n  user: {token: "s3cret\n');

    const adding = addContext(depsFor('config'), access);

    await expect(adding).rejects.toMatchObject({ code: 'KUBECONFIG_UNUSABLE' });
    await expect(adding).rejects.not.toThrow('s3cret');
    expect(await readFile(at('config'), 'utf8')).toContain('s3cret');
  });

  it("waits 5 s for kubectl's lock, then says how to break it, and leaves no lock of its own", async () => {
    await writeFile(at('a'), users);
    await writeFile(at('b.lock'), '');
    const deps = depsFor('a', 'b');

    await expect(addContext(deps, access)).rejects.toMatchObject({
      code: 'KUBECONFIG_UNUSABLE',
      hint: `If no kubectl is running: rm ${at('b.lock')}`,
    });
    expect(deps.clock.now()).toBe(5_000);
    await expect(stat(at('a.lock'))).rejects.toThrow('ENOENT');
    expect(await readFile(at('a'), 'utf8')).toBe(users);
  });
});
