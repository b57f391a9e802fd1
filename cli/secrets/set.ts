import { join } from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';
import { PlatformError } from '../errors/platform-error.ts';
import { requireAgeKey } from './require-age-key.ts';
import { keptFiles } from '../lifecycle/kept-files.ts';
import type { Deps } from '../ports/deps.ts';
import { listFiles, readText, writeFileAtomically } from '../ports/files.ts';
import { dnsLabel } from '../values/check-values.ts';
import { loadEnvironment } from '../values/load-environment.ts';
import { writeSecretsValue } from './own-values.ts';
import { fileOf, readSecretFiles, secretsFolder, type SecretFile } from '../validate/secret-files.ts';
import { encrypt, setEntry } from './sops.ts';

export interface SecretSet {
  readonly environment: string;
  readonly namespace: string;
  readonly name: string;
  readonly key: string;
  /** Relative to the root. */
  readonly file: string;
  /** False where the Secret was there, with this key or without. */
  readonly created: boolean;
  /** Changed, relative to the root. */
  readonly paths: readonly string[];
}

/** What is to be set. */
export interface Wanted {
  readonly name: string;
  readonly key: string;
  /** Without one: the only namespace that infrastructure/namespaces makes. */
  readonly namespace?: string | undefined;
}

/**
 * Sets one key of a Secret in git. A new Secret needs the public key alone; one that is there also the secret half, and its
 * other values stay as they are encrypted.
 *
 * @param value What standard input held: one newline at its end does not count.
 * @throws {PlatformError} SECRET_KEY_MISSING, NAME_INVALID, USAGE for an empty value.
 */
export async function setSecret(
  deps: Deps,
  environment: string,
  wanted: Wanted,
  value: string,
): Promise<SecretSet> {
  const { client, values } = await loadEnvironment(deps, environment);
  const { name, key } = wanted;
  assertNames(environment, wanted);
  const text = valueOf(value, `platform secrets set ${environment} ${name} ${key}`);
  const { recipients } = values.secrets;
  if (recipients.length === 0) {
    throw new PlatformError(
      'SECRET_KEY_MISSING',
      `${environment} names no age key to encrypt for`,
      `platform secrets init ${environment}`,
    );
  }
  const namespace = wanted.namespace ?? (await onlyNamespace(deps.root, environment, wanted));
  const files = await readSecretFiles(deps.root, environment);
  const found = fileOf(files, { namespace, name });
  const file = found?.path ?? newPath(files, environment, { namespace, name });
  if (found) {
    const { ageKey } = keptFiles(deps.locations, client, environment);
    await requireAgeKey(environment, ageKey);
    const path = await entryPath(deps.root, environment, found, key);
    const encoded = path[0] === 'data' ? Buffer.from(text).toString('base64') : text;
    await setEntry(deps, file, path, encoded, ageKey);
  } else {
    const manifest = stringify({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace },
      type: 'Opaque',
      stringData: { [key]: text },
    });
    await writeFileAtomically(join(deps.root, file), await encrypt(deps, file, manifest, recipients));
  }
  // Only now: Flux cannot apply a folder that is not there.
  const changed = await writeSecretsValue(deps, environment, 'sops', true);
  return { environment, namespace, name, key, file, created: !found, paths: [file, ...changed] };
}

function assertNames(environment: string, { name, key, namespace }: Wanted): void {
  const wrong = [name, ...(namespace === undefined ? [] : [namespace])].find(
    (label) => !dnsLabel.test(label),
  );
  const hint = `platform secrets set ${environment} prediction-api-database password`;
  if (wrong !== undefined) {
    const what = `${JSON.stringify(wrong)} is no DNS label (lower-case letters, digits and -, at most 63)`;
    throw new PlatformError('NAME_INVALID', what, hint);
  }
  if (/^[-._a-zA-Z0-9]{1,253}$/.test(key)) return;
  throw new PlatformError(
    'NAME_INVALID',
    `${JSON.stringify(key)} cannot be a key of a Secret: only letters, digits, -, _ and . are allowed`,
    hint,
  );
}

function valueOf(input: string, command: string): string {
  const text = input.replace(/\r?\n$/, '');
  if (text === '') throw new PlatformError('USAGE', 'standard input holds no value', `${command} < <file>`);
  if (!text.includes('\0') && !text.includes('\uFFFD')) return text;
  throw new PlatformError('USAGE', 'the value is not text in UTF-8', `base64 <file> | ${command}`);
}

async function onlyNamespace(root: string, environment: string, { name, key }: Wanted): Promise<string> {
  const folder = join(root, 'infrastructure/namespaces');
  const names: string[] = [];
  for (const file of await listFiles(folder)) {
    if (!/\.ya?ml$/.test(file)) continue;
    for (const document of parseAllDocuments(await readText(join(folder, file)))) {
      const { kind, metadata } = (document.toJS() ?? {}) as { kind?: string; metadata?: { name?: string } };
      if (kind === 'Namespace' && metadata?.name !== undefined) names.push(metadata.name);
    }
  }
  const [only] = names;
  if (only !== undefined && names.length === 1) return only;
  throw new PlatformError(
    'USAGE',
    `infrastructure/namespaces has ${names.length} namespaces, so say which one: ${names.join(', ')}`,
    `platform secrets set ${environment} ${name} ${key} --namespace <namespace>`,
  );
}

/** Where a key lies in a Secret that is there: a Secret may keep some values in base64, under `data`. */
async function entryPath(
  root: string,
  environment: string,
  { path, secrets }: SecretFile,
  key: string,
): Promise<['data' | 'stringData', string]> {
  const [document, ...more] = parseAllDocuments(await readText(join(root, path)));
  if (more.length > 0 || secrets.length !== 1) {
    throw new PlatformError(
      'FILE_UNUSABLE',
      `${path} holds more than one object, and one entry can be set only where it is alone`,
      `platform secrets edit ${environment} ${secrets[0]?.name ?? ''}`,
    );
  }
  return [document?.hasIn(['data', key]) === true ? 'data' : 'stringData', key];
}

function newPath(
  files: readonly SecretFile[],
  environment: string,
  { namespace, name }: { namespace: string; name: string },
): string {
  const path = `${secretsFolder(environment)}/${name}.yaml`;
  return files.some((file) => file.path === path)
    ? `${secretsFolder(environment)}/${namespace}.${name}.yaml`
    : path;
}
