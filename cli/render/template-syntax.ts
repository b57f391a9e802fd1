import nunjucks from 'nunjucks';

/** `{{ }}` belongs to Helm and `${ }` to Flux; `{#`, nunjucks' own comment, would eat shell text. */
export const syntax = {
  tags: {
    blockStart: '#%',
    blockEnd: '%#',
    variableStart: '#{',
    variableEnd: '}#',
    commentStart: '#*',
    commentEnd: '*#',
  },
  trimBlocks: true,
  lstripBlocks: true,
} as const;

/** A node of nunjucks' syntax tree. Lines and columns count from 0. */
export interface SyntaxNode {
  readonly typename: string;
  readonly lineno: number;
  readonly colno: number;
  readonly [field: string]: unknown;
}

/** nunjucks' parser, which its types leave out (3.2.4, src/parser.js). */
interface WithParser {
  readonly parser: {
    parse(text: string, extensions: readonly unknown[], options: typeof syntax): SyntaxNode;
  };
}

/** @throws {Error} nunjucks' own; its message begins with `[Line n, Column n]` or has `lineno`. */
export function parseTemplate(text: string): SyntaxNode {
  return (nunjucks as unknown as WithParser).parser.parse(text, [], syntax);
}

/**
 * Makes a function of a template, compiled when it is first called.
 *
 * @returns Throws nunjucks' own errors, for an undefined name among others.
 */
export function templateFunction(text: string): (context: object) => string {
  const environment = new nunjucks.Environment(null, {
    autoescape: false,
    throwOnUndefined: true,
    ...syntax,
  });
  const template = new nunjucks.Template(text, environment);
  return (context) => template.render(context);
}

/** The line that an error of nunjucks speaks of, from 1. */
export function lineOf(error: unknown): number | undefined {
  const { lineno, message } = error as { lineno?: number; message?: string };
  const written = /\[Line (\d+)/.exec(message ?? '')?.[1];
  return written === undefined ? lineno : Number(written);
}

/** What an error of nunjucks says, without the places that it puts before. */
export function reasonOf(error: unknown): string {
  const lines = (error as Error).message.split('\n').map((line) => line.trim());
  const last = lines.filter((line) => line !== '').at(-1) ?? 'unknown';
  return last
    .replace(/^\(.*?\)\s*/, '')
    .replace(/^(\[Line \d+(, Column \d+)?\])?\s*/, '')
    .replace(/^(Template render error|Error):\s*/, '');
}
