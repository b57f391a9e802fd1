import { join } from 'node:path';
import {
  type Document,
  LineCounter,
  type Node,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  visit,
} from 'yaml';
import { PlatformError, type Detail, type Place } from '../errors/platform-error.ts';
import { readBytes, sizeOf } from '../ports/files.ts';
import { unreadableText } from './text.ts';
import { emptyMap, type MapEntry, type MapTree, type Scalar, type Tree } from './tree.ts';

/** In bytes. Values are written by hand; a larger file is a mistake, and slow to parse. */
const largestFileBytes = 1_000_000;

/** After one error the parser often sees many more that are none. */
const mostSyntaxErrors = 20;

/** How many values aliases may stand for in one file: above it is a "billion laughs" file. */
const mostAliasedValues = 100;

/**
 * Reads a YAML (or JSON) file whose top is a map. A file with nothing but comments is an empty map.
 *
 * @param file Relative to `root`.
 * @throws {PlatformError} VALUES_SYNTAX, with the place of every error that the parser found.
 */
export async function readYamlMap(root: string, file: string): Promise<MapTree> {
  return (await readWrittenMap(root, file)) ?? nothingIn(file);
}

/** As {@link readYamlMap}, but undefined for a file with nothing but comments; `{}` is a map that somebody wrote. */
export async function readWrittenMap(root: string, file: string): Promise<MapTree | undefined> {
  const sizeBytes = (await sizeOf(join(root, file))) ?? 0;
  if (sizeBytes > largestFileBytes) {
    throw broken(file, [{ place: { file }, message: `${String(sizeBytes)} bytes; at most 1 MB is read` }]);
  }
  const text = (await readBytes(join(root, file))).toString('utf8');
  const problem = unreadableText(text, file);
  if (problem) throw broken(file, [problem]);
  return parseYaml(text, file);
}

/** As {@link readYamlMap}, of text that is there already. `file` is for places only. */
export function parseYamlMap(text: string, file: string): MapTree {
  return parseYaml(text, file) ?? nothingIn(file);
}

/** @returns undefined for a text with nothing but comments. */
function parseYaml(text: string, file: string): MapTree | undefined {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: '1.2' });
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  const problems: Detail[] = [...document.errors, ...document.warnings]
    .slice(0, mostSyntaxErrors)
    .map((error) => ({ place: placeAt(error.pos[0]), message: explain(error.message) }));
  if (problems.some(({ message }) => message === tooDeep)) problems.length = 1;
  if (problems.length === 0 && text.includes('*')) problems.push(...aliasProblems(document, placeAt));
  if (problems.length > 0) throw broken(file, problems);
  const top: Node | null = document.contents;
  if (top === null || (isScalar(top) && top.value === null)) return undefined;
  if (!isMap(top)) {
    const what = isSeq(top) ? 'a list' : 'a single value';
    const message = `the file holds ${what}; it must be a map (key: value)`;
    throw broken(file, [{ place: placeAt(top.range?.[0] ?? 0), message }]);
  }
  const tree = toTree(top, document, placeAt, problems) as MapTree;
  if (problems.length > 0) throw broken(file, problems);
  return tree;
}

function nothingIn(file: string): MapTree {
  return { ...emptyMap, place: { file, line: 1, column: 1 } };
}

function aliasProblems(document: Document.Parsed, placeAt: (offset: number) => Place): Detail[] {
  const problems: Detail[] = [];
  let first: Place | undefined;
  visit(document, {
    Alias: (_, alias, parents) => {
      const place = placeAt(alias.range?.[0] ?? 0);
      first ??= place;
      const target = alias.resolve(document);
      if (!target) problems.push({ place, message: `the alias *${alias.source} has no anchor above it` });
      else if (parents.includes(target)) {
        problems.push({ place, message: `the alias *${alias.source} is inside of what it stands for` });
      }
    },
  });
  if (problems.length > 0 || !first) return problems;
  try {
    document.toJS({ maxAliasCount: mostAliasedValues });
    return [];
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    return [{ place: first, message: `aliases stand for more than ${String(mostAliasedValues)} values` }];
  }
}

function toTree(
  node: unknown,
  document: Document.Parsed,
  placeAt: (offset: number) => Place,
  problems: Detail[],
): Tree {
  if (isAlias(node)) {
    // Its place is the alias: that is the line to change.
    const target = toTree(node.resolve(document), document, placeAt, problems);
    return { ...target, place: placeAt(node.range?.[0] ?? 0) };
  }
  if (isMap(node)) {
    const entries = new Map<string, MapEntry>();
    for (const pair of node.items) {
      const key = pair.key as Node;
      const keyPlace = placeAt(key.range?.[0] ?? 0);
      if (isCollection(key)) problems.push({ place: keyPlace, message: 'a key must be a single word' });
      const value: Tree =
        pair.value === null
          ? { kind: 'scalar', value: null, place: keyPlace }
          : toTree(pair.value, document, placeAt, problems);
      const name = isScalar(key) ? String(key.source ?? key.value) : String(toPlainKey(key, document));
      entries.set(name, { keyPlace, value });
    }
    return { kind: 'map', entries, place: placeAt(node.range?.[0] ?? 0) };
  }
  if (isSeq(node)) {
    const items = node.items.map((item) => toTree(item, document, placeAt, problems));
    return { kind: 'list', items, place: placeAt(node.range?.[0] ?? 0) };
  }
  if (isScalar(node))
    return { kind: 'scalar', value: node.value as Scalar, place: placeAt(node.range?.[0] ?? 0) };
  return { kind: 'scalar', value: null };
}

function toPlainKey(key: Node, document: Document.Parsed): unknown {
  const target = isAlias(key) ? key.resolve(document) : undefined;
  return isScalar(target) ? target.value : '';
}

const tooDeep = 'brackets or lines are nested too deeply';

function explain(message: string): string {
  return message.includes('call stack') ? tooDeep : (message.split('\n')[0] ?? message);
}

function broken(file: string, details: Detail[]): PlatformError {
  const first = details[0]?.place;
  const where = first?.line === undefined ? file : `${file}, line ${String(first.line)}`;
  return new PlatformError(
    'VALUES_SYNTAX',
    `${file} cannot be read: ${details[0]?.message ?? ''}`,
    `Edit ${where}`,
    {
      details,
    },
  );
}
