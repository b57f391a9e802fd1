import type { App } from '../values/apps.ts';
import type { Environment } from '../values/environment.ts';
import type { Plain } from '../values/tree.ts';
import { headerLines } from './header.ts';
import { renderFiles } from './render-files.ts';
import { renderSources, type ReadyTemplate, type RenderSources } from './render-sources.ts';
import type { Context } from './render-template.ts';
import { templateFunction } from './template-syntax.ts';

/** Where a line of a rendered file comes from. */
export interface TemplateLine {
  /** Relative to the root: `templates/apps/trades/overlays/config.yaml.njk`. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** The line, without what it is indented by. */
  readonly text: string;
  /** What the template gets that changes the line, as the template names it: `app.logLevel`. */
  readonly uses: readonly { readonly path: readonly string[]; readonly value: Plain }[];
}

type Rendering = { readonly template: ReadyTemplate; readonly context: Context; readonly content: string };

/**
 * Finds the line of the template behind a line of a rendered file, and the values behind that, by trial: the template is
 * rendered with each value changed, and where the line changes with it, that was one.
 *
 * @param root The repository, or a copy of it at another revision.
 * @param line From 1, header included.
 * @returns undefined where the file is not what these values and templates give.
 */
export async function traceRender(
  { root }: { readonly root: string },
  environment: Environment,
  { path, content, line }: { readonly path: string; readonly content: string; readonly line: number },
): Promise<TemplateLine | undefined> {
  const renderings: Rendering[] = [];
  const files = await renderFiles({ root }, environment, recording(renderSources(root), renderings));
  const rendered = files.find((file) => file.path === path);
  if (rendered?.content !== content) return undefined;
  const made = renderings.findLast(
    (one) => one.content === content && rendered.sources.includes(one.template.file),
  );
  return made && traceLine(made, line - headerLines);
}

function recording(sources: RenderSources, renderings: Rendering[]): RenderSources {
  const record = (templates: ReadyTemplate[]): ReadyTemplate[] =>
    templates.map((template) => ({
      ...template,
      render: (context, valuesFile, marks) => {
        const content = template.render(context, valuesFile, marks);
        renderings.push({ template, context, content });
        return content;
      },
    }));
  return {
    ...sources,
    overlay: async (app: App) => record(await sources.overlay(app)),
    flux: async () => record(await sources.flux()),
    fluxItself: async () => record(await sources.fluxItself()),
    images: async () => record(await sources.images()),
  };
}

/** @param at From 1, of the body. */
function traceLine({ template: { file, text }, context }: Rendering, at: number): TemplateLine | undefined {
  const render = numbered(text);
  const line = render(context)[at - 1]?.line;
  if (line === undefined) return undefined;
  const linesFrom = (one: Context): string =>
    render(one)
      .filter((each) => each.line === line)
      .map((each) => each.text)
      .join('\n');
  const before = linesFrom(context);
  const changes = (path: readonly string[], value: Plain): boolean => {
    try {
      return linesFrom(withValue(context, path, value)) !== before;
    } catch {
      return false; // a value that the template cannot do without
    }
  };
  const uses = leavesOf(context).filter(({ path, value }) =>
    others(value).some((other) => changes(path, other)),
  );
  return { file, line, text: text.split('\n')[line - 1]?.trim() ?? '', uses };
}

const mark = '\u0001';

/**
 * A template's function that tells for each line which line of the template gave it. Lines that end with a tag stay as they
 * are: nunjucks takes their line break away.
 */
function numbered(text: string): (context: Context) => { line: number | undefined; text: string }[] {
  const marked = text
    .split('\n')
    .map((line, at) => (/[%*]#\s*$/.test(line) ? line : `${line}${mark}${at + 1}${mark}`))
    .join('\n');
  const run = templateFunction(marked);
  return (context) => {
    const lines = run(context)
      .split('\n')
      .map((line) => {
        const numbers = [...line.matchAll(/\u0001(\d+)\u0001/g)];
        const [, number] = numbers.at(-1) ?? [];
        return {
          line: number === undefined ? undefined : Number(number),
          text: line.replaceAll(/\u0001\d+\u0001/g, ''),
        };
      });
    const first = lines.findIndex((line) => line.text.trim() !== ''); // a rendered file begins with its first line of text
    return first < 0 ? [] : lines.slice(first);
  };
}

/** Every single value of a context; lists as a whole. */
function leavesOf(context: Context): { path: string[]; value: Plain }[] {
  const visit = (value: Plain, path: string[]): { path: string[]; value: Plain }[] =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value).flatMap(([key, child]: [string, Plain]) => visit(child, [...path, key]))
      : [{ path, value }];
  return visit(context, []);
}

function withValue(context: Context, [key, ...rest]: readonly string[], value: Plain): Context {
  if (key === undefined) return context;
  const child = rest.length === 0 ? value : withValue(context[key] as Context, rest, value);
  return { ...context, [key]: child };
}

/** Other values of the same type: a little more, and nothing, which conditions ask for. */
function others(value: Plain): Plain[] {
  if (typeof value === 'number') return [value + 1, 0];
  if (typeof value === 'boolean') return [!value];
  if (typeof value === 'string') return [`${value}x`];
  if (!Array.isArray(value)) return ['x'];
  const list = value as readonly Plain[];
  return [[...list, ...list.slice(0, 1)], []];
}
