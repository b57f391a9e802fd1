import { parseAllDocuments } from 'yaml';
import { PlatformError, type Detail } from '../errors/platform-error.ts';
import { once } from '../values/memoize.ts';
import type { JsonSchema } from '../values/schema.ts';
import { unreadableText } from '../values/text.ts';
import type { Plain } from '../values/tree.ts';
import { checkTemplate } from './check-template.ts';
import type { Template } from './find-templates.ts';
import { sha256, withHeader } from './header.ts';
import { markTags, type TagMarks } from './mark-tags.ts';
import { lineOf, reasonOf, templateFunction } from './template-syntax.ts';

export type Context = Readonly<Record<string, Plain>>;

/**
 * Renders a template into one file with its header.
 *
 * @param valuesFile Named in the header as the place to edit.
 * @throws {PlatformError} TEMPLATE_FAILED, with the template's file and line.
 */
export type Renderer = (context: Context, valuesFile: string, marks?: Marks) => string;

/** Of an app whose image Flux updates. */
export interface Marks extends TagMarks {
  /** The same context with {@link placeholderTag}. */
  readonly placeholder: Context;
}

/** Checks and compiles a template once, when it is first rendered; `schema` says what it may mention. */
export function rendererOf({ file, text }: Template, schema: JsonSchema): Renderer {
  const prepare = once(() => {
    const unreadable = unreadableText(text, file);
    if (unreadable) throw failed(file, [unreadable]);
    const { problems, uses } = checkTemplate(text, file, schema);
    if (problems.length > 0) throw failed(file, problems);
    return { uses: uses.map((path) => ({ path, steps: path.split('.') })), run: templateFunction(text) };
  });
  const readable = new Set<string>();
  return (context, valuesFile, marks) => {
    const { uses, run } = prepare();
    let output;
    try {
      output = run(context);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      throw failed(file, [{ place: { file, line: lineOf(error) }, message: reasonOf(error) }], error);
    }
    const plain = `${output.trim()}\n`;
    const body = marks ? marked(plain, `${run(marks.placeholder).trim()}\n`, marks, file) : plain;
    const form = formOf(body, context);
    if (!readable.has(form)) {
      const problem = yamlProblem(body);
      if (problem !== undefined) throw failed(file, [{ place: { file }, message: problem }]);
      readable.add(form);
    }
    const inputs = sha256(
      JSON.stringify([
        text,
        uses.map(({ path, steps }) => [path, valueAt(marks?.placeholder ?? context, steps)]),
      ]),
    );
    return withHeader([valuesFile, file], inputs, body);
  };
}

/** @throws {PlatformError} TEMPLATE_FAILED where the tag is part of a longer value, which Flux cannot set. */
function marked(body: string, placeholder: string, marks: TagMarks, file: string): string {
  const result = markTags(body, placeholder, marks);
  if (typeof result === 'string') return result;
  const line = body.split('\n')[result - 1]?.trim() ?? '';
  const message = `Flux is to set the tag of its image, and it is not the whole value of one line: ${line}`;
  throw failed(file, [{ place: { file }, message, hint: 'Print app.image.tag | dump alone, behind a key' }]);
}

/**
 * A text with a word for its environment's name: texts that differ in that alone are all YAML, or none is, since a DNS label
 * stands for a DNS label. No escape sequence begins with `p`.
 */
function formOf(body: string, { environment }: Context): string {
  return typeof environment === 'string' ? body.replaceAll(environment, 'placeholder') : body;
}

function failed(file: string, details: readonly Detail[], cause?: unknown): PlatformError {
  const first = details[0];
  const line = first?.place?.line;
  const where = line === undefined ? file : `${file}, line ${String(line)}`;
  return new PlatformError(
    'TEMPLATE_FAILED',
    `${file} cannot be rendered: ${first?.message ?? ''}`,
    `Edit ${where}`,
    {
      details,
      cause,
    },
  );
}

function yamlProblem(body: string): string | undefined {
  const documents = parseAllDocuments(body);
  if (!Array.isArray(documents)) return 'it renders nothing: a file without a YAML document';
  for (const document of documents) {
    const error = document.errors[0];
    if (error) {
      const line = error.linePos?.[0].line ?? 1;
      const text = body.split('\n')[line - 1]?.trim() ?? '';
      return `it renders text that is no YAML: ${error.message.split('\n')[0] ?? ''} The rendered line: ${text}`;
    }
  }
  const holdsSomething = documents.some((document) => document.toJS() !== null);
  return holdsSomething ? undefined : 'it renders nothing: a file without a YAML document';
}

function valueAt(context: Context, steps: readonly string[]): Plain {
  let value: Plain | undefined = context;
  for (const step of steps) {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return null;
    value = (value as Context)[step];
    if (value === undefined) return null;
  }
  return value;
}
