import fc from 'fast-check';
import { stringify } from 'yaml';
import type { JsonSchema } from '../../values/schema.ts';
import type { Plain } from '../../values/tree.ts';

/**
 * What is drawn mostly where drawn texts would contradict each other, or name what is not there. By the last keys on the way
 * to the value.
 */
const usual: Readonly<Record<string, readonly Plain[]>> = {
  '.sizing': ['small', 'production'],
  'requests.cpu': ['10m', '0', '0.05', '1m'],
  'requests.memory': ['64Mi', '0.05Gi', '100M', '0Ki'],
  'limits.cpu': ['2', '1.5', '2500m'],
  'limits.memory': ['4Gi', '1Ti', '4.5G'],
  'cluster.nodeCpu': ['4', '32.5'],
  'cluster.nodeMemory': ['8Gi', '1Ti'],
  'flux.interval': ['10m', '1h30m', '48h'],
  'flux.retryInterval': ['15s', '1s500ms', '0s'],
  'flux.timeout': ['5m', '1h'],
};

/** What a person may write by mistake, at any place. */
const mistakes: readonly Plain[] = [
  ...[
    '',
    ' ',
    'yes',
    'null',
    '~',
    '1e3',
    '0x10',
    '1_000',
    '01',
    '-1',
    'a'.repeat(300),
    'ümlaut',
    '漢字',
    '💥',
  ],
  ...[
    '#{ app }#',
    '#% if %#',
    '{{ .Values }}',
    '${HOME}',
    '"',
    "'",
    '\\',
    '\n',
    'a\nb: c',
    '- x',
    'x: y',
    '&a',
    '*a',
  ],
  ...[
    '../../etc/passwd',
    '/',
    '__proto__',
    'constructor',
    '\u0000',
    '\u2028',
    '\ufeff',
    '1.0.0-rc_1',
    'trades',
  ],
  ...[null, true, false, 0, -1, 0.5, 1e21, 2 ** 53, -0, Number.NaN, Number.POSITIVE_INFINITY],
  [],
  {},
  [[]],
  [null],
  { a: null },
];

/** Values that satisfy a schema (contradictions between them are possible). @param apps Names for what refers to apps. */
export function validValue(schema: JsonSchema, apps: readonly string[], key = '.'): fc.Arbitrary<Plain> {
  const drawn = drawnValue(schema, apps, key);
  const fixed = usual[key];
  return fixed
    ? fc.oneof({ weight: 39, arbitrary: fc.constantFrom(...fixed) }, { weight: 1, arbitrary: drawn })
    : drawn;
}

function drawnValue(schema: JsonSchema, apps: readonly string[], key: string): fc.Arbitrary<Plain> {
  const { type } = schema;
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (type === 'object') return validMap(schema, apps, key);
  if (type === 'boolean') return fc.boolean();
  if (type === 'string') return validText(schema);
  if (type === 'integer') {
    const { minimum: min = 0, maximum: max = 2 ** 31 } = schema;
    return fc.integer({ min, max });
  }
  if (type !== 'array') throw new Error(`nothing is drawn for the type ${String(type)} of ${key}`);
  const items = key.endsWith('.after') ? fc.constantFrom(...apps) : validValue(schema.items ?? {}, apps);
  const { minItems = 0, maxItems = Infinity } = schema as { minItems?: number; maxItems?: number };
  return fc.uniqueArray(items, { minLength: minItems, maxLength: Math.min(minItems + 3, maxItems) });
}

function validText(schema: JsonSchema): fc.Arbitrary<string> {
  const { minLength = 0, maxLength = 300 } = schema as { minLength?: number; maxLength?: number };
  if (schema.format === 'dns-label') return fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
  if (schema.pattern === undefined) return fc.string({ unit: 'grapheme', minLength, maxLength: 40 });
  const { pattern } = schema;
  const drawable = pattern.replaceAll(/\(\?!.*?\)/g, ''); // fast-check draws no look-ahead
  return fc
    .stringMatching(new RegExp(drawable))
    .filter((text) => text.length <= maxLength && new RegExp(pattern).test(text));
}

function validMap(schema: JsonSchema, apps: readonly string[], key: string): fc.Arbitrary<Plain> {
  const properties = Object.entries(schema.properties ?? {}).map(
    ([name, property]) =>
      [name, validValue(property, apps, `${key.split('.').at(-1) ?? ''}.${name}`)] as const,
  );
  const { required = [] } = schema;
  return fc.record(Object.fromEntries(properties), { requiredKeys: [...required] });
}

/** Values that satisfy a schema but for one to three places, where something else stands or the key is another one. */
export function nearlyValid(valid: fc.Arbitrary<Plain>): fc.Arbitrary<Plain> {
  const change = fc.record({
    where: fc.nat(),
    value: fc.oneof(fc.constantFrom(...mistakes), anyValue),
    how: fc.constantFrom('replace', 'rename', 'add', 'wrap'),
  });
  return fc.tuple(valid, fc.array(change, { minLength: 1, maxLength: 3 })).map(([value, changes]) =>
    changes.reduce((current: Plain, { where, value: mistake, how }) => {
      const paths = pathsOf(current);
      const path = paths[where % paths.length] ?? [];
      return edited(current, path, (old, last) => {
        if (how === 'replace') return [[last, mistake]];
        if (how === 'rename') return [[`${last}x`, old]];
        return how === 'wrap'
          ? [[last, [old]]]
          : [
              [last, old],
              [JSON.stringify(mistake), mistake],
            ];
      });
    }, value),
  );
}

/** Any tree that YAML can hold. */
export const anyValue: fc.Arbitrary<Plain> = fc
  .jsonValue({ maxDepth: 4, stringUnit: 'grapheme' })
  .map((value) => value as Plain);

/** Any text: of the characters that mean something in YAML, mostly. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({
    unit: fc.constantFrom(...'ab: -\n\t"\'{}[],&*!|>%@`#?~01.<\u0000\ufeff\r'.split('')),
    maxLength: 60,
  }),
  fc.string({ unit: 'binary', maxLength: 60 }),
);

export function toYaml(value: Plain): string {
  return stringify(value, { aliasDuplicateObjects: false });
}

type Path = readonly (string | number)[];

function pathsOf(value: Plain, path: Path = []): Path[] {
  if (value === null || typeof value !== 'object') return [path];
  return [path, ...Object.entries(value).flatMap(([key, child]) => pathsOf(child, [...path, key]))];
}

/** Puts other entries in the place of the one at `path`. */
function edited(
  value: Plain,
  [key, ...rest]: Path,
  change: (old: Plain, key: string) => [string, Plain][],
): Plain {
  if (key === undefined || value === null || typeof value !== 'object') return value;
  const entries = Object.entries<Plain>(value);
  const changed = entries.flatMap(([name, child]): [string, Plain][] => {
    if (name !== String(key)) return [[name, child]];
    return rest.length === 0 ? change(child, name) : [[name, edited(child, rest, change)]];
  });
  return Array.isArray(value) ? changed.map(([, child]) => child) : Object.fromEntries(changed);
}
