import { parseAllDocuments } from 'yaml';
import { PlatformError, type Detail } from '../errors/platform-error.ts';
import type { JsonSchema } from '../values/schema.ts';
import { unreadableText } from '../values/text.ts';
import type { Plain } from '../values/tree.ts';
import { checkTemplate } from './check-template.ts';
import type { Template } from './find-templates.ts';
import { sha256, withHeader } from './header.ts';
import { lineOf, reasonOf, runTemplate } from './template-syntax.ts';

export type Context = Readonly<Record<string, Plain>>;

/**
 * Renders one template into one file with its header.
 *
 * @param valuesFile Named in the header as the place to edit.
 * @throws {PlatformError} TEMPLATE_FAILED, with the template's file and line.
 */
export function renderTemplate(
  template: Template,
  schema: JsonSchema,
  context: Context,
  valuesFile: string,
): string {
  const { file, text } = template;
  const unreadable = unreadableText(text, file);
  if (unreadable) throw failed(file, [unreadable]);
  const { problems, uses } = checkTemplate(text, file, schema);
  if (problems.length > 0) throw failed(file, problems);
  let output;
  try {
    output = runTemplate(text, context);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw failed(file, [{ place: { file, line: lineOf(error) }, message: reasonOf(error) }], error);
  }
  const body = `${output.trim()}\n`;
  const problem = yamlProblem(body);
  if (problem !== undefined) throw failed(file, [{ place: { file }, message: problem }]);
  const inputs = sha256(JSON.stringify([text, uses.map((path) => [path, valueAt(context, path)])]));
  return withHeader([valuesFile, file], inputs, body);
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

function valueAt(context: Context, path: string): Plain {
  let value: Plain | undefined = context;
  for (const step of path.split('.')) {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return null;
    value = (value as Context)[step];
    if (value === undefined) return null;
  }
  return value;
}
