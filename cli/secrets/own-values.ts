import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { isNode, parseDocument } from 'yaml';
import { PlatformError } from '../errors/platform-error.ts';
import type { Deps } from '../ports/deps.ts';
import { readText, writeFileAtomically } from '../ports/files.ts';
import { applyRender } from '../render/plan-render.ts';
import { planSopsConfig } from '../render/sops-config.ts';
import { setInYaml } from '../scaffold/edit-yaml.ts';
import { valuesFile } from '../values/load-environment.ts';

/**
 * Writes one value below `secrets` into an environment's values, where comments and all else stay, and `.sops.yaml` anew.
 *
 * @returns The files that changed, relative to the root.
 * @throws {PlatformError} VALUES_SYNTAX where the values write `secrets` in a way that cannot be edited.
 */
export async function writeSecretsValue(
  { root }: Pick<Deps, 'root'>,
  environment: string,
  key: 'sops' | 'recipients',
  value: true | readonly string[],
): Promise<string[]> {
  const file = valuesFile(environment);
  const before = await readText(join(root, file));
  const after = edited(before, file, key, value);
  if (after !== before) await writeFileAtomically(join(root, file), after);
  const config = await planSopsConfig(root, false);
  if (config) await applyRender({ root }, [config]);
  return [
    ...(after === before ? [] : [file]),
    ...(config === undefined || config.change === 'same' ? [] : [config.path]),
  ];
}

function edited(text: string, file: string, key: string, value: true | readonly string[]): string {
  try {
    const path = ['secrets', key];
    const written: unknown = parseDocument(text).getIn(path);
    const same = isDeepStrictEqual(isNode(written) ? written.toJSON() : written, value);
    return same ? text : setInYaml(text, path, value);
  } catch (error) {
    throw new PlatformError(
      'VALUES_SYNTAX',
      `secrets.${key} cannot be written into ${file}: ${String(error)}`,
      `Edit ${file}: write secrets as a plain map, without aliases`,
      { cause: error, details: [{ place: { file }, message: String(error) }] },
    );
  }
}
