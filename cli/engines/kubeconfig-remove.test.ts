import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { steppingClock } from '../ports/clock.fake.ts';
import { type Locations, locationsFrom } from '../ports/locations.ts';
import type { ClusterAccess } from './engine.ts';
import { users, writeEngineKubeconfig } from '../testing/kubeconfigs.ts';
import { addContext, currentHere, removeContext } from './kubeconfig.ts';

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

describe('removeContext', () => {
  it('gives the file back as it was, with the previous context current', async () => {
    await writeFile(at('config'), users);
    await addContext(depsFor('config'), access);

    expect(await removeContext(depsFor('config'), access)).toMatchObject({ previous: 'work', changed: true });
    expect(await readFile(at('config'), 'utf8')).toBe(users);
    expect(await removeContext(depsFor('config'), access)).toBeUndefined();
  });

  it('leaves another context current that the user chose since', async () => {
    await writeFile(at('config'), users);
    await addContext(depsFor('config'), access);
    const text = await readFile(at('config'), 'utf8');
    await writeFile(at('config'), text.replace('current-context: acme-dev', 'current-context: other'));

    await removeContext(depsFor('config'), access);

    expect(parse(await readFile(at('config'), 'utf8'))).toMatchObject({ 'current-context': 'other' });
  });

  it('leaves entries that somebody else has put under our name', async () => {
    await writeFile(at('config'), '');
    await addContext(depsFor('config'), access);
    const text = (await readFile(at('config'), 'utf8')).replace(
      'https://127.0.0.1:20001',
      'https://theirs.example.test',
    );
    await writeFile(at('config'), text);

    await removeContext(depsFor('config'), access);

    expect(await readFile(at('config'), 'utf8')).toContain('https://theirs.example.test');
  });

  it('lets a rebuilt cluster with a new authority take its place, even if the old context was never taken out', async () => {
    await writeFile(at('config'), users);
    await addContext(depsFor('config'), access);
    access = await writeEngineKubeconfig(folder, 'Q0Ey');

    await addContext(depsFor('config'), access);
    await removeContext(depsFor('config'), access);

    expect(await readFile(at('config'), 'utf8')).toBe(users);
  });

  it('touches nothing while another program holds the lock', async () => {
    await addContext(depsFor('config'), access);
    const text = await readFile(at('config'), 'utf8');
    await writeFile(at('config.lock'), '');

    await expect(removeContext(depsFor('config'), access)).rejects.toMatchObject({
      code: 'KUBECONFIG_UNUSABLE',
    });
    expect(await readFile(at('config'), 'utf8')).toBe(text);
  });
});

describe('currentHere', () => {
  it('names the context that was current before ours, while that exists', async () => {
    await writeFile(at('config'), users);
    await addContext(depsFor('config'), access);
    const text = await readFile(at('config'), 'utf8');

    expect(await currentHere(depsFor('config'), access)).toEqual({ context: 'acme-dev', previous: 'work' });
    await writeFile(at('config'), text.replaceAll('name: work', 'name: renamed'));
    expect(await currentHere(depsFor('config'), access)).toEqual({ context: 'acme-dev' });
    expect(await readFile(at('config'), 'utf8')).toContain('current-context: acme-dev');
  });

  it('is nothing where the user chose another context, or there is no file', async () => {
    await writeFile(at('config'), users);

    expect(await currentHere(depsFor('config'), access)).toBeUndefined();
    expect(await currentHere(depsFor('absent'), access)).toBeUndefined();
  });
});
