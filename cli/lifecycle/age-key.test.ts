import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { asideOf, ensureAgeKey } from './age-key.ts';

let root: string;
let path: string;

beforeEach(async () => {
  root = await temporaryTree({});
  path = join(root, 'config/acme/dev.agekey');
});

async function encryptFor(recipient: string): Promise<void> {
  await mkdir(join(root, 'clusters/dev/secrets'), { recursive: true });
  const text = `kind: Secret\nsops:\n  age:\n    - recipient: ${recipient}\n      enc: x\n`;
  await writeFile(join(root, 'clusters/dev/secrets/database.yaml'), text);
}

it('makes a key that only its owner can read, and keeps it', async () => {
  const first = await ensureAgeKey({ root }, 'dev', path);
  const second = await ensureAgeKey({ root }, 'dev', path);

  expect(first.made).toBe(true);
  expect(second).toEqual({ ...first, made: false });
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readFile(path, 'utf8')).toContain(`# public key: ${first.recipient}`);
});

it('makes no new key where files are encrypted and their key is not here', async () => {
  await encryptFor('age1theirs');
  await expect(ensureAgeKey({ root }, 'dev', path)).rejects.toMatchObject({
    code: 'SECRET_KEY_MISSING',
    exitCode: 4,
    hint: expect.stringContaining(path) as string,
  });
  await expect(stat(path)).rejects.toThrow('ENOENT');
});

it('finds the key that was put aside, among others that open nothing', async () => {
  const { recipient } = await ensureAgeKey({ root }, 'dev', path);
  const aside = asideOf(path, Date.UTC(2026, 0, 31, 12));
  await rename(path, aside);
  await ensureAgeKey({ root }, 'dev', path);
  await rename(path, asideOf(path, Date.UTC(2026, 1, 1)));
  await writeFile(asideOf(path, Date.UTC(2026, 1, 2)), 'no key');
  await encryptFor(recipient);

  await expect(ensureAgeKey({ root }, 'dev', path)).rejects.toMatchObject({
    code: 'SECRET_KEY_MISSING',
    hint: `platform delete --purge put it aside: mv ${aside} ${path}`,
  });
});

it('accepts files that are encrypted for the key here, and refuses those of another key without naming the secret half', async () => {
  const { recipient, identity } = await ensureAgeKey({ root }, 'dev', path);
  await encryptFor(recipient);
  expect((await ensureAgeKey({ root }, 'dev', path)).made).toBe(false);

  await encryptFor('age1theirs');
  const refused = await ensureAgeKey({ root }, 'dev', path).catch((error: unknown) => error as Error);
  expect(refused).toMatchObject({ code: 'SECRET_KEY_MISSING' });
  expect((refused as Error).message).not.toContain(identity);
});

it.each(['', '# public key: age1x\n', `AGE-SECRET-KEY-1${'Q'.repeat(58)}\n`])(
  'never overwrites a key file that it cannot use: %j',
  async (content) => {
    await mkdir(join(root, 'config/acme'), { recursive: true });
    await writeFile(path, content);

    await expect(ensureAgeKey({ root }, 'dev', path)).rejects.toMatchObject({
      code: 'STATE_UNREADABLE',
      hint: expect.stringContaining(`mv ${path} ${path}.broken`) as string,
    });
    expect(await readFile(path, 'utf8')).toBe(content);
  },
);
