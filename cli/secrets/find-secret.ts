import { closest } from '../errors/did-you-mean.ts';
import { PlatformError } from '../errors/platform-error.ts';
import { fileOf, type SecretEntry, type SecretFile } from '../validate/secret-files.ts';

/**
 * The one encrypted Secret of a name.
 *
 * @param namespace Needed only where several namespaces have a Secret of this name.
 * @throws {PlatformError} SECRET_MISSING, with what there is; USAGE where the name alone says too little.
 */
export function findSecret(
  files: readonly SecretFile[],
  environment: string,
  name: string,
  namespace: string | undefined,
): { readonly entry: SecretEntry; readonly file: SecretFile } {
  const all = files.flatMap(({ secrets }) => secrets);
  const found = all.filter((one) => one.name === name && (namespace ?? one.namespace) === one.namespace);
  const [entry] = found;
  const file = entry && fileOf(files, entry);
  if (entry && file && found.length === 1) return { entry, file };
  if (found.length > 1) {
    throw new PlatformError(
      'USAGE',
      `several namespaces have a Secret ${name}: ${found.map((one) => one.namespace).join(', ')}`,
      'Add --namespace <namespace>',
    );
  }
  const guess = closest(
    name,
    all.map((one) => one.name),
  );
  throw new PlatformError(
    'SECRET_MISSING',
    `clusters/${environment}/secrets has no Secret ${name}`,
    guess === undefined
      ? `platform secrets set ${environment} ${name} <key> < <file>`
      : `Did you mean ${guess}?`,
  );
}
