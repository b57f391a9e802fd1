import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { newAgeKey, readAgeKey, writeAgeKey } from '../lifecycle/age-key.ts';
import type { Deps } from '../ports/deps.ts';
import { locationsFrom } from '../ports/locations.ts';
import { copiedRepository } from '../testing/copied-repository.ts';
import { realRun } from '../testing/real-tools.ts';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { initSecrets } from './init.ts';
import { setSecret } from './set.ts';
import { decrypt, reencrypt } from './sops.ts';
import { listSecrets, viewSecret } from './view.ts';

let deps: Deps;
let keyFile: string;
const file = 'clusters/dev/secrets/exchange.yaml';
const read = async (path: string): Promise<string> => readFile(join(deps.root, path), 'utf8');
const set = async (key: string, value: string): Promise<unknown> =>
  setSecret(deps, 'dev', { name: 'exchange', key }, value);
const view = async (key: string): Promise<string> =>
  (await viewSecret(deps, 'dev', { name: 'exchange', key })).value;

beforeEach(async () => {
  const home = await temporaryTree({});
  const root = await copiedRepository({ 'clusters/dev/values.yaml': '# dev\nsizing: small # for now\n' });
  deps = { root, home, locations: locationsFrom({ HOME: home }), run: realRun() } as unknown as Deps;
  keyFile = join(home, '.config/platform/acme/dev.agekey');
});

describe('init', () => {
  it('makes a key once, and writes its public half below what a person wrote', async () => {
    const first = await initSecrets(deps, 'dev');
    const second = await initSecrets(deps, 'dev');

    expect(first).toMatchObject({ made: true, keyFile, paths: ['clusters/dev/values.yaml', '.sops.yaml'] });
    expect(second).toMatchObject({ made: false, recipient: first.recipient, paths: [] });
    expect(await read('clusters/dev/values.yaml')).toBe(
      `# dev\nsizing: small # for now\n\nsecrets:\n  recipients: [${first.recipient}]\n`,
    );
    expect(await read('.sops.yaml')).toContain(`age: ${first.recipient}\n`);
  });

  it('makes no second key where the values name one that is not here', async () => {
    const { recipient } = await newAgeKey();
    await writeFile(join(deps.root, 'clusters/dev/values.yaml'), `secrets: { recipients: [${recipient}] }\n`);

    await expect(initSecrets(deps, 'dev')).rejects.toMatchObject({ code: 'SECRET_KEY_MISSING' });
    await expect(stat(keyFile)).rejects.toThrow('ENOENT');
  });
});

describe('set', () => {
  beforeEach(async () => {
    await initSecrets(deps, 'dev');
  });

  it('keeps values as they are, but for the one newline that shells add', async () => {
    const values = {
      shell: ['hunter2\n', 'hunter2'],
      certificate: ['-----BEGIN-----\nx\n-----END-----\n\n', '-----BEGIN-----\nx\n-----END-----\n'],
      yaml: [' yes: "1" # {{ }} ${x} \\n \u{1F511}', ' yes: "1" # {{ }} ${x} \\n \u{1F511}'],
      number: ['0123', '0123'],
    };
    for (const [key, [given = '']] of Object.entries(values)) await set(key, given);

    for (const [key, [, kept]] of Object.entries(values)) expect(await view(key)).toBe(kept);
  });

  it('encrypts the first value of a Secret without its key, and switches SOPS on', async () => {
    await writeFile(keyFile, ''); // whoever may not read prod
    const done = await set('token', 'hunter2');

    expect(done).toMatchObject({
      namespace: 'ml',
      file,
      created: true,
      paths: [file, 'clusters/dev/values.yaml'],
    });
    expect(await read(file)).toMatch(/name: exchange\n {4}namespace: ml\n(.*\n)+.*token: ENC\[/);
    expect(await read(file)).not.toContain('hunter2');
    expect(await read('clusters/dev/values.yaml')).toContain('  sops: true\n');
  });

  it('changes one value, and leaves the others encrypted as they were', async () => {
    await set('token', 'hunter2');
    await set('user', 'ada');
    const line = (text: string): string | undefined => /^ +user: ENC.*$/m.exec(text)?.[0];
    const before = await read(file);
    await set('token', 'hunter3');
    const after = await read(file);

    expect(line(after)).toBe(line(before));
    expect(await view('token')).toBe('hunter3');
    expect(await listSecrets(deps, 'dev')).toEqual([
      { namespace: 'ml', name: 'exchange', keys: ['token', 'user'], file },
    ]);
    expect(await readdir(dirname(join(deps.root, file)))).toEqual(['exchange.yaml']);
  });

  it('refuses what is no value and no key, and writes nothing', async () => {
    await expect(set('token', '\n')).rejects.toMatchObject({ code: 'USAGE' });
    await expect(set('token', 'a\0b')).rejects.toMatchObject({ code: 'USAGE' });
    await expect(set('no/key', 'x')).rejects.toMatchObject({ code: 'NAME_INVALID' });
    await expect(stat(dirname(join(deps.root, file)))).rejects.toThrow('ENOENT');
  });

  it('says that there is no such Secret or key, with what there is', async () => {
    await set('token', 'hunter2');

    await expect(viewSecret(deps, 'dev', { name: 'exchagne', key: 'token' })).rejects.toMatchObject({
      code: 'SECRET_MISSING',
      hint: 'Did you mean exchange?',
    });
    await expect(view('user')).rejects.toThrow('the Secret exchange has no key user; it has token');
  });
});

describe('a file that cannot be opened', () => {
  beforeEach(async () => {
    await initSecrets(deps, 'dev');
    await set('token', 'hunter2');
  });

  it('stays as it is where the key is another one, or none', async () => {
    const before = await read(file);
    await writeAgeKey(keyFile, await newAgeKey());
    const refused = { code: 'SECRET_KEY_MISSING', hint: expect.stringContaining(keyFile) as string };
    await expect(set('token', 'x')).rejects.toMatchObject(refused);
    await expect(view('token')).rejects.toMatchObject(refused);

    await writeFile(keyFile, '');
    await expect(set('token', 'x')).rejects.toMatchObject({ code: 'STATE_UNREADABLE' });
    expect(await read(file)).toBe(before);
  });

  it('is named where it was changed by hand', async () => {
    await writeFile(join(deps.root, file), (await read(file)).replace('name: exchange', 'name: exchange-2'));

    await expect(decrypt(deps, file, keyFile)).rejects.toMatchObject({ code: 'FILE_UNUSABLE' });
  });
});

it('a file opens with both keys in the key file, and after a rotation with the new one alone', async () => {
  await initSecrets(deps, 'dev');
  await set('token', 'hunter2');
  const old = (await readAgeKey(keyFile))!;
  const fresh = await newAgeKey();
  await writeAgeKey(keyFile, { ...fresh, older: [old] });
  expect(await readAgeKey(keyFile)).toEqual({ ...fresh, older: [old] });
  expect(await view('token')).toBe('hunter2');

  await reencrypt(deps, file, { from: [old.recipient], to: fresh.recipient }, keyFile);
  await reencrypt(deps, file, { from: [fresh.recipient], to: fresh.recipient }, keyFile);
  await writeAgeKey(keyFile, fresh);

  expect(await view('token')).toBe('hunter2');
  await mkdir(dirname(keyFile), { recursive: true });
  await writeAgeKey(keyFile, old);
  await expect(view('token')).rejects.toMatchObject({ code: 'SECRET_KEY_MISSING' });
});
