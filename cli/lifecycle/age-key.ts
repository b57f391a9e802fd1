import { basename, dirname, join } from 'node:path';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { parseAllDocuments } from 'yaml';
import { PlatformError } from '../errors/platform-error.ts';
import type { Deps } from '../ports/deps.ts';
import { listFiles, listNames, readText, readTextIfThere, writeFileAtomically } from '../ports/files.ts';
import { quote } from '../ports/run.ts';

const aside = '.purged-';

/** The key that opens an environment's encrypted files. `identity` is secret. */
export interface AgeKey {
  readonly identity: string;
  /** The public half, `age1…`: what files are encrypted for. */
  readonly recipient: string;
  /** Those that it takes the place of, the newest first: kept until Flux has applied what is encrypted for the new one. */
  readonly older?: readonly AgeKey[];
}

/**
 * The environment's age key; made when there is none and nothing is encrypted yet.
 *
 * @param path  Absolute; the file is 0600.
 * @param named What the values call the public halves: `secrets.recipients`. Another key would open nothing that is to come.
 * @throws {PlatformError} SECRET_KEY_MISSING when files are encrypted and the key here opens none of them.
 */
export async function ensureAgeKey(
  deps: Pick<Deps, 'root'>,
  environment: string,
  path: string,
  named: readonly string[] = [],
): Promise<AgeKey & { made: boolean }> {
  const folder = `clusters/${environment}/secrets`;
  const encrypted = await recipientsIn(join(deps.root, folder));
  const recipients = encrypted.size > 0 ? encrypted : new Set(named);
  const key = await readAgeKey(path);
  const opens = (one: AgeKey | undefined): boolean =>
    keysOf(one).some(({ recipient }) => recipients.has(recipient));
  if (recipients.size > 0 && !opens(key)) {
    const found = key === undefined ? await findAside(path, opens) : undefined;
    const what =
      encrypted.size > 0 ? `${folder} has encrypted files` : `the values of ${environment} name an age key`;
    throw new PlatformError(
      'SECRET_KEY_MISSING',
      key === undefined
        ? `${what}, and their key is not at ${path}`
        : `${what}, but none for the key at ${path} (${key.recipient})`,
      found === undefined
        ? `Get the key of ${environment} from whoever keeps it, and save it with mode 0600 as ${path}`
        : `platform delete --purge put it aside: mv ${quote(found)} ${quote(path)}`,
    );
  }
  if (key) return { ...key, made: false };
  const made = await newAgeKey();
  await writeAgeKey(path, made);
  return { ...made, made: true };
}

/** Beside the key: `dev.agekey.purged-2026-01-31T12-00-00`. */
export function asideOf(path: string, now: number): string {
  return `${path}${aside}${new Date(now).toISOString().slice(0, 19).replaceAll(':', '-')}`;
}

/** The newest key that was put aside and is one of these; those that cannot be read are none. */
async function findAside(
  path: string,
  fits: (key: AgeKey | undefined) => boolean,
): Promise<string | undefined> {
  const names = await listNames(dirname(path), 'file');
  for (const name of names.filter((each) => each.startsWith(`${basename(path)}${aside}`)).reverse()) {
    const found = join(dirname(path), name);
    if (fits(await readAgeKey(found).catch(() => undefined))) return found;
  }
  return undefined;
}

export async function newAgeKey(): Promise<AgeKey> {
  const identity = await generateIdentity();
  return { identity, recipient: await identityToRecipient(identity) };
}

/** Replaces the key file: this key, then those that it takes the place of. */
export async function writeAgeKey(path: string, key: AgeKey): Promise<void> {
  await writeFileAtomically(path, keyText(key), 0o600);
}

/** A key file, as age, sops and kustomize-controller read it: every key in it opens files. */
export function keyText(key: AgeKey): string {
  return keysOf(key)
    .map(({ recipient, identity }) => `# public key: ${recipient}\n${identity}\n`)
    .join('');
}

/** The secret halves that a key file holds, in its order. */
export function identitiesIn(text: string): string[] {
  return text.match(/^AGE-SECRET-KEY-1[0-9A-Z]+$/gm) ?? [];
}

/** The key and those that it takes the place of. */
export function keysOf(key: AgeKey | undefined): readonly AgeKey[] {
  return key === undefined ? [] : [key, ...(key.older ?? [])];
}

/**
 * @returns undefined when there is no key file.
 * @throws {PlatformError} STATE_UNREADABLE when there is one without a key: it is somebody's, and never overwritten.
 */
export async function readAgeKey(path: string): Promise<AgeKey | undefined> {
  const text = await readTextIfThere(path);
  if (text === undefined) return undefined;
  const keys = await Promise.all(identitiesIn(text).map(toKey));
  const [key, ...older] = keys.filter((each) => each !== undefined);
  if (key && older.length === keys.length - 1) return older.length === 0 ? key : { ...key, older };
  throw new PlatformError(
    'STATE_UNREADABLE',
    `${path} holds no age key (a line AGE-SECRET-KEY-1…), or a damaged one`,
    `Bring the key back from where you keep it. To have a new one made: mv ${quote(path)} ${quote(`${path}.broken`)}`,
  );
}

/** @returns undefined for a typing error: its checksum is wrong. */
async function toKey(identity: string): Promise<AgeKey | undefined> {
  const recipient = await identityToRecipient(identity).catch(() => undefined);
  return recipient === undefined ? undefined : { identity, recipient };
}

/** Everyone that the encrypted files of a folder are encrypted for. */
async function recipientsIn(folder: string): Promise<Set<string>> {
  const recipients = new Set<string>();
  for (const file of await listFiles(folder)) {
    if (!/\.ya?ml$/.test(file)) continue;
    for (const document of parseAllDocuments(await readText(join(folder, file)))) {
      const content = document.toJS() as { sops?: { age?: { recipient?: string }[] } } | null;
      for (const { recipient } of content?.sops?.age ?? [])
        if (recipient !== undefined) recipients.add(recipient);
    }
  }
  return recipients;
}
