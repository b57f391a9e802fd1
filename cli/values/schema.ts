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
  const documents = new Map<string, Promise<Plain>>();
  const read = async (path: string): Promise<Plain> => {
    const document = documents.get(path) ?? readJson(root, path);
    documents.set(path, document);
    return document;
  };

  const resolve = async (value: Plain, from: string, open: readonly string[]): Promise<Plain> => {
    if (value === null || typeof value !== 'object') return value;
    if (Array.isArray(value)) {
      return Promise.all((value as readonly Plain[]).map(async (item) => resolve(item, from, open)));
    }
    const { $ref: reference } = value as Record<string, Plain>;
    const own: Record<string, Plain> = {};
    for (const [key, child] of Object.entries(value)) {
      if (key !== '$ref' && key !== '$defs') own[key] = await resolve(child, from, open);
    }
    if (typeof reference !== 'string') return own;

    const [path = '', pointer = ''] = reference.split('#');
    const target = path === '' ? from : posix.join(posix.dirname(from), path);
    const name = `${target}#${pointer}`;
    if (open.includes(name)) throw badReference(from, reference, 'it refers to itself');
    const document = await read(target).catch((error: unknown) => {
      const isAbsent = (error as NodeJS.ErrnoException).code === 'ENOENT';
      throw isAbsent ? badReference(from, reference, `${target} is not there`) : error;
    });
    const found = at(document, pointer.split('/').slice(1));
    if (found === undefined) throw badReference(from, reference, `${target} has nothing at ${pointer}`);
    const inlined = await resolve(found, target, [...open, name]);
    return { ...(inlined as Record<string, Plain>), ...own };
  };

  return (await resolve(await read(file), file, [])) as JsonSchema;
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
