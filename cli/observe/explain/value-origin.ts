import { posix } from 'node:path';
import type { Place } from '../../errors/platform-error.ts';
import type { TemplateLine } from '../../render/trace-render.ts';
import type { Environment } from '../../values/environment.ts';
import { valuesFile } from '../../values/load-environment.ts';
import { readYamlMap } from '../../values/read-yaml.ts';
import { entryAt, formatPath, type Plain } from '../../values/tree.ts';

/** A key of values behind a line. */
export interface ValueOrigin {
  /** `apps.trades.logLevel`; of what rendering computes, as the template names it: `stage.job`. */
  readonly key: string;
  readonly value: Plain;
  /** `written` by a person; the `default` of a schema; `computed` by rendering: nobody wrote it. */
  readonly from: 'written' | 'default' | 'computed';
  /** What to edit; absent for what is computed. */
  readonly place?: Place;
}

/**
 * Where what a template got was written.
 *
 * @param root Of the same revision as `environment`.
 */
export async function originOfValue(
  root: string,
  environment: Environment,
  { path, value }: TemplateLine['uses'][number],
  app: string | undefined,
): Promise<ValueOrigin> {
  const [first = '', ...rest] = path;
  if (first === 'client' || first === 'registry') {
    const place = entryAt(await readYamlMap(root, 'platform.yaml'), path)?.value.place;
    return { key: first, value, from: place ? 'written' : 'computed', ...(place ? { place } : {}) };
  }
  const keys =
    first === 'app' && app !== undefined ? ['apps', app, ...rest] : first === 'flux' ? path : undefined;
  if (!keys) return { key: formatPath(path), value, from: 'computed' };
  const place = environment.placeOf(keys);
  const key = formatPath(keys);
  if (place) return { key, value, from: 'written', place };
  const schema =
    first === 'app'
      ? `templates/apps/${app ?? ''}/values.schema.json`
      : 'templates/schemas/values.schema.json';
  const written = await placeOfDefault(root, schema, first === 'app' ? rest : path);
  // What no schema has, values give all the same: the image of a demo.
  if (!written) return { key, value, from: 'computed', place: { file: valuesFile(environment.name) } };
  return { key, value, from: 'default', place: written };
}

/** Follows `$ref`s as `loadSchema` does: a keyword beside one wins over the target's. */
async function placeOfDefault(
  root: string,
  file: string,
  path: readonly string[],
  pointer: readonly string[] = [],
): Promise<Place | undefined> {
  const schema = await readYamlMap(root, file).catch(() => undefined); // JSON is YAML, too
  for (let depth = path.length; depth >= 0; depth -= 1) {
    // A default may stand on the value itself or on a map around it.
    const here = [...pointer, ...path.slice(0, depth).flatMap((key) => ['properties', key])];
    const written = schema && entryAt(schema, [...here, 'default', ...path.slice(depth)])?.value.place;
    if (written) return written;
    const reference = schema && entryAt(schema, [...here, '$ref'])?.value;
    if (reference?.kind !== 'scalar' || typeof reference.value !== 'string') continue;
    const [target = '', inner = ''] = reference.value.split('#');
    const next = target === '' ? file : posix.join(posix.dirname(file), target);
    const found = await placeOfDefault(root, next, path.slice(depth), inner.split('/').slice(1));
    if (found) return found;
  }
  return undefined;
}
