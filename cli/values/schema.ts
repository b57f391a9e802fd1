import { join, posix } from 'node:path';
import { parseDocument } from 'yaml';
import { PlatformError } from '../errors/platform-error.ts';
import { readText } from '../ports/files.ts';
import { placeIn, plainText } from './text.ts';
import { type Plain } from './tree.ts';

/** The part of JSON Schema 2020-12 that this program reads itself; ajv reads the rest. */
export interface JsonSchema {
  readonly type?: string;
  /** What a value is, with an article and an example: messages say "must be <title>". */
  readonly title?: string;
  readonly description?: string;
  readonly default?: Plain;
  readonly enum?: readonly Plain[];
  readonly const?: Plain;
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly [keyword: string]: unknown;
}

/**
 * Reads a schema file and puts the target of every `$ref` in its place, so that ajv, the defaults, the documentation and the
 * check of templates all see the same whole. A keyword beside a `$ref` wins over the target's: it narrows or explains it.
 *
 * @param file Relative to `root`. A `$ref` is relative to the file it stands in: `shared.schema.json#/$defs/image`.
 * @throws {PlatformError} TEMPLATE_FAILED where a file is no JSON, or where a `$ref` leads nowhere or in a circle.
 */
export async function loadSchema(root: string, file: string): Promise<JsonSchema> {
  const documents = new Map<string, Plain>();
  await readAll(root, file, documents);

  const resolve = (value: Plain, from: string, open: readonly string[]): Plain => {
    if (value === null || typeof value !== 'object') return value;
    if (Array.isArray(value)) return (value as readonly Plain[]).map((item) => resolve(item, from, open));
    const { $ref: reference } = value as Record<string, Plain>;
    const own: Record<string, Plain> = {};
    for (const [key, child] of Object.entries(value)) {
      if (key !== '$ref' && key !== '$defs') own[key] = resolve(child, from, open);
    }
    if (typeof reference !== 'string') return own;

    const { target, pointer } = targetOf(reference, from);
    const name = `${target}#${pointer}`;
    if (open.includes(name)) throw badReference(from, reference, 'it refers to itself');
    const document = documents.get(target);
    if (document === undefined) throw badReference(from, reference, `${target} is not there`);
    const found = at(document, pointer.split('/').slice(1));
    if (found === undefined) throw badReference(from, reference, `${target} has nothing at ${pointer}`);
    const inlined = resolve(found, target, [...open, name]);
    return { ...(inlined as Record<string, Plain>), ...own };
  };

  return resolve(documents.get(file) ?? {}, file, []) as JsonSchema;
}

/** @returns The file that a reference leads to, relative to the root, and the place in it. */
function targetOf(reference: string, from: string): { readonly target: string; readonly pointer: string } {
  const [path = '', pointer = ''] = reference.split('#');
  return { target: path === '' ? from : posix.join(posix.dirname(from), path), pointer };
}

/** Reads a file, and those that it refers to and that are there. */
async function readAll(root: string, file: string, documents: Map<string, Plain>): Promise<void> {
  const document = await readJson(root, file);
  documents.set(file, document);
  for (const reference of referencesIn(document)) {
    const { target } = targetOf(reference, file);
    if (documents.has(target)) continue;
    await readAll(root, target, documents).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    });
  }
}

function referencesIn(value: Plain): string[] {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, child]: [string, Plain]) =>
    key === '$ref' && typeof child === 'string' ? [child] : referencesIn(child),
  );
}

async function readJson(root: string, file: string): Promise<Plain> {
  const text = plainText(await readText(join(root, file)));
  try {
    return JSON.parse(text) as Plain;
  } catch (error) {
    // slower, and knows the place of the mistake
    const [mistake] = parseDocument(text, { schema: 'json', prettyErrors: false }).errors;
    const message = `no JSON: ${mistake?.message.split('\n')[0] ?? String(error)}`;
    throw new PlatformError('TEMPLATE_FAILED', `${file} is ${message}`, `Edit ${file}`, {
      details: [{ place: placeIn(text, mistake?.pos[0] ?? 0, file), message }],
      cause: error,
    });
  }
}

function at(document: Plain, path: readonly string[]): Plain | undefined {
  let value: Plain | undefined = document;
  for (const step of path) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string, Plain>)[step];
  }
  return value;
}

function badReference(file: string, reference: string, why: string): PlatformError {
  return new PlatformError(
    'TEMPLATE_FAILED',
    `${file}: the reference ${reference} does not work: ${why}`,
    `Edit ${file}`,
    {
      details: [{ place: { file }, message: `$ref ${reference}: ${why}` }],
    },
  );
}
