import { join } from 'node:path';
import { PlatformError, type Detail } from '../errors/platform-error.ts';
import { exists } from '../ports/files.ts';
import { checkValues } from './check-values.ts';
import type { GitSettings } from './environment.ts';
import { fillDefaults } from './fill-defaults.ts';
import { checkAlways, type Checking } from './passed-checks.ts';
import { readYamlMap } from './read-yaml.ts';
import { loadSchema } from './schema.ts';
import { emptyMap, entryAt, toPlain, type Tree } from './tree.ts';

/** platform.yaml: who this repository is for. */
export interface Platform {
  /** A DNS label. */
  readonly client: string;
  readonly registry: string;
  readonly git: GitSettings;
  /** Two environments that are to be alike but for these keys; `*` stands for one name. */
  readonly compare?: {
    readonly environments: readonly [string, string];
    readonly differences?: readonly string[];
  };
}

export const platformFile = 'platform.yaml';

export interface PlatformReading {
  /** To be trusted only where there are no problems. */
  readonly platform: Platform;
  /** Of the shape of values.yaml, not checked yet. */
  readonly defaults: Tree | undefined;
  readonly problems: readonly Detail[];
}

/**
 * Reads platform.yaml and leaves it to the caller to throw, so that its errors can be shown together with others.
 *
 * @throws {PlatformError} NOT_A_PLATFORM, VALUES_SYNTAX.
 */
export async function readPlatform(root: string, checking: Checking = checkAlways): Promise<PlatformReading> {
  if (!(await exists(join(root, platformFile)))) {
    throw new PlatformError(
      'NOT_A_PLATFORM',
      `${root} has no ${platformFile}`,
      'Go to the folder that has one, or use -C <dir>',
    );
  }
  const schemaFile = 'templates/schemas/platform.schema.json';
  const [written, schema] = await Promise.all([
    readYamlMap(root, platformFile),
    loadSchema(root, schemaFile),
  ]);
  const tree = fillDefaults(written, schema) ?? emptyMap;
  const plain = toPlain(tree);
  return {
    platform: plain as unknown as Platform,
    defaults: entryAt(tree, ['defaults'])?.value,
    problems: await checking(platformFile, [schema, plain], async () =>
      checkValues(tree, schema, platformFile, schemaFile),
    ),
  };
}

/** One error for everything that is wrong, in the order of files and lines; what several environments share is listed once. */
export function invalidValues(details: readonly Detail[]): PlatformError {
  const unique = [...new Map(details.map((detail) => [JSON.stringify(detail), detail])).values()].sort(
    byPlace,
  );
  const files = [
    ...new Set(unique.map(({ place }) => place?.file).filter((file) => file !== undefined)),
  ].join(', ');
  const [first] = unique;
  const message =
    unique.length === 1
      ? `a value is wrong: ${first?.message ?? ''}`
      : `${String(unique.length)} values are wrong in ${files}`;
  const hint =
    (unique.length === 1 ? first?.hint : undefined) ??
    `Edit ${files}; every key is explained in docs/values.md`;
  return new PlatformError('VALUES_INVALID', message, hint, { details: unique });
}

function byPlace({ place: a }: Detail, { place: b }: Detail): number {
  return (
    Number((a?.file ?? '') > (b?.file ?? '')) - Number((a?.file ?? '') < (b?.file ?? '')) ||
    (a?.line ?? 0) - (b?.line ?? 0) ||
    (a?.column ?? 0) - (b?.column ?? 0)
  );
}
