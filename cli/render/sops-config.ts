import { join } from 'node:path';
import { listNames, readTextIfThere } from '../ports/files.ts';
import { listEnvironments, valuesFile } from '../values/load-environment.ts';
import { readYamlMap } from '../values/read-yaml.ts';
import { entryAt, toPlain } from '../values/tree.ts';
import { findEdit, handEdited } from './hand-edits.ts';
import { sha256, withHeader } from './header.ts';
import type { Change } from './plan-render.ts';

/** Where sops looks for whom to encrypt for. */
export const sopsConfigFile = '.sops.yaml';

/** What is encrypted of a Secret: Flux and reviewers need the rest in plain text. */
export const encryptedRegex = '^(data|stringData)$';

/** The public keys that each environment's own values name; environments without one are left out. Sorted by name. */
export async function readRecipients(root: string): Promise<Map<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  for (const name of await listEnvironments(root)) {
    const file = valuesFile(name);
    if ((await readTextIfThere(join(root, file)))?.includes('recipients') !== true) continue; // most have none
    const entry = entryAt(await readYamlMap(root, file), ['secrets', 'recipients']);
    const recipients = entry?.value.kind === 'list' ? (toPlain(entry.value) as readonly string[]) : [];
    if (recipients.length > 0) found.set(name, recipients);
  }
  return found;
}

/**
 * What rendering does to `.sops.yaml`, by which `sops` in a person's hands encrypts each environment's files for its key.
 *
 * @param force Overwrite what a person edited.
 * @returns undefined where no environment has a key, and the file is absent or a person's own.
 * @throws {PlatformError} RENDERED_FILE_EDITED, VALUES_SYNTAX.
 */
export async function planSopsConfig(root: string, force: boolean): Promise<Change | undefined> {
  const recipients = await readRecipients(root);
  const isThere = (await listNames(root, 'file')).includes(sopsConfigFile);
  const found = isThere ? await readTextIfThere(join(root, sopsConfigFile)) : undefined;
  const isOurs = found?.startsWith('# Rendered by platform ') === true;
  if (recipients.size === 0 && !isOurs) return undefined;
  const wanted = recipients.size === 0 ? undefined : sopsConfig(recipients);
  if (found === wanted) return { path: sopsConfigFile, change: 'same', content: found ?? '' };
  const edit = found === undefined ? undefined : findEdit(sopsConfigFile, found, wanted);
  if (edit && !force) throw handEdited([edit]);
  if (wanted === undefined) return { path: sopsConfigFile, change: 'delete' };
  return { path: sopsConfigFile, change: found === undefined ? 'create' : 'update', content: wanted };
}

function sopsConfig(recipients: ReadonlyMap<string, readonly string[]>): string {
  const rules = [...recipients].map(
    ([name, keys]) => `  - path_regex: ^clusters/${name}/secrets/.*\\.ya?ml$
    encrypted_regex: ${encryptedRegex}
    age: ${keys.join(',')}
`,
  );
  const body = `creation_rules:\n${rules.join('')}`;
  return withHeader(['clusters/*/values.yaml'], sha256(JSON.stringify([...recipients])), body);
}
