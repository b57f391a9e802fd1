import { join } from 'node:path';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { parseAllDocuments } from 'yaml';
import { PlatformError } from '../errors/platform-error.ts';
import type { Deps } from '../ports/deps.ts';
import { listFiles, readText, readTextIfThere, writeFileAtomically } from '../ports/files.ts';
import { quote } from '../ports/run.ts';

/** The key that opens an environment's encrypted files. `identity` is secret. */
export interface AgeKey {
  readonly identity: string;
  /** The public half, `age1…`: what files are encrypted for. */
  readonly recipient: string;
}

/**
 * The environment's age key; made when there is none and nothing is encrypted yet.
 *
 * @param path Absolute; the file is 0600.
 * @throws {PlatformError} SECRET_KEY_MISSING when files are encrypted and the key here opens none of them.
 */
export async function ensureAgeKey(
  deps: Pick<Deps, 'root'>,
  environment: string,
  path: string,
): Promise<AgeKey & { made: boolean }> {
  const folder = `clusters/${environment}/secrets`;
  const recipients = await recipientsIn(join(deps.root, folder));
  const key = await readAgeKey(path);
  if (recipients.size > 0 && (key === undefined || !recipients.has(key.recipient))) {
    throw new PlatformError(
      'SECRET_KEY_MISSING',
      key === undefined
        ? `${folder} has encrypted files, and their age key is not at ${path}`
        : `${folder} has encrypted files, but none for the key at ${path} (${key.recipient})`,
      `Get the key of ${environment} from whoever keeps it, and save it with mode 0600 as ${path}`,
    );
  }
  if (key) return { ...key, made: false };
  const identity = await generateIdentity();
  const recipient = await identityToRecipient(identity);
  await writeFileAtomically(path, `# public key: ${recipient}\n${identity}\n`, 0o600);
  return { identity, recipient, made: true };
}

/**
 * @returns undefined when there is no key file.
 * @throws {PlatformError} STATE_UNREADABLE when there is one without a key: it is somebody's, and never overwritten.
 */
export async function readAgeKey(path: string): Promise<AgeKey | undefined> {
  const text = await readTextIfThere(path);
  if (text === undefined) return undefined;
  const identity = /^AGE-SECRET-KEY-1[0-9A-Z]+$/m.exec(text)?.[0];
  const recipient = await identityToRecipient(identity ?? '').catch(() => undefined); // a typing error: its checksum is wrong
  if (identity !== undefined && recipient !== undefined) return { identity, recipient };
  throw new PlatformError(
    'STATE_UNREADABLE',
    `${path} holds no age key (a line AGE-SECRET-KEY-1…), or a damaged one`,
    `Bring the key back from where you keep it. To have a new one made: mv ${quote(path)} ${quote(`${path}.broken`)}`,
  );
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
