import { parseAllDocuments } from 'yaml';
import { PlatformError } from '../errors/platform-error.ts';
import { keptFiles } from '../lifecycle/kept-files.ts';
import type { Deps } from '../ports/deps.ts';
import { loadEnvironment } from '../values/load-environment.ts';
import { findSecret } from './find-secret.ts';
import { requireAgeKey } from './require-age-key.ts';
import { readSecretFiles, type SecretEntry } from '../validate/secret-files.ts';
import { decrypt } from './sops.ts';

/** A Secret in git without its values. */
export type ListedSecret = SecretEntry & { readonly file: string };

/** The Secrets that an environment has in git; needs no key. */
export async function listSecrets(deps: Deps, environment: string): Promise<ListedSecret[]> {
  await loadEnvironment(deps, environment);
  const files = await readSecretFiles(deps.root, environment);
  return files.flatMap(({ path, secrets }) => secrets.map((entry) => ({ ...entry, file: path })));
}

/**
 * One value in plain text.
 *
 * @throws {PlatformError} SECRET_MISSING, SECRET_KEY_MISSING.
 */
export async function viewSecret(
  deps: Deps,
  environment: string,
  { name, key, namespace }: { name: string; key: string; namespace?: string | undefined },
): Promise<ListedSecret & { readonly value: string }> {
  const { client } = await loadEnvironment(deps, environment);
  const { entry, file } = findSecret(
    await readSecretFiles(deps.root, environment),
    environment,
    name,
    namespace,
  );
  if (!entry.keys.includes(key)) {
    throw new PlatformError(
      'SECRET_MISSING',
      `the Secret ${name} has no key ${key}; it has ${entry.keys.join(', ')}`,
      `platform secrets view ${environment} ${name} ${entry.keys[0] ?? '<key>'}`,
    );
  }
  const { ageKey } = keptFiles(deps.locations, client, environment);
  await requireAgeKey(environment, ageKey);
  for (const document of parseAllDocuments(await decrypt(deps, file.path, ageKey))) {
    const { metadata, data, stringData } = (document.toJS() ?? {}) as {
      metadata?: { name?: string; namespace?: string };
      data?: Record<string, string>;
      stringData?: Record<string, string>;
    };
    if (metadata?.name !== name || (metadata.namespace ?? 'default') !== entry.namespace) continue;
    const value = stringData?.[key] ?? Buffer.from(data?.[key] ?? '', 'base64').toString(); // as Kubernetes reads both
    return { ...entry, file: file.path, value };
  }
  throw new Error(`${file.path} decrypts to something without the Secret ${name}`);
}
