import { isDeepStrictEqual } from 'node:util';
import { Document, isMap, isNode, isScalar, isSeq, parseDocument, stringify, visit } from 'yaml';

type Value = string | boolean | readonly string[] | { readonly [key: string]: Value };

/**
 * Sets one value in the text of a YAML file and leaves every other character as a person wrote it, comments and all. Only
 * where the value has no line of its own (a flow map, a map that is empty or missing) is the text laid out anew, with its comments.
 *
 * @param text Valid YAML whose top is a map, or nothing but comments.
 * @throws {Error} yaml's own where the path leads through something other than a map.
 */
export function setInYaml(text: string, path: readonly string[], value: Value): string {
  const document = parseDocument(text);
  const parent = path.slice(0, -1);
  const [key] = path.slice(-1);
  if (key !== undefined && parent.length > 0 && isMap(document.contents) && !document.hasIn(parent))
    return setInYaml(text, parent, { [key]: value });
  if (isMap(document.contents) && document.contents.items.length === 0) document.contents.flow = false; // a lone {}
  const spliced = replaceValue(text, document, path, value) ?? appendToMap(text, document, path, value);
  for (let length = 1; length < path.length; length++) makeMap(document, path.slice(0, length));
  document.setIn(path, typeof value === 'object' ? compact(document.createNode(value)) : value);
  return spliced !== undefined && saysTheSame(spliced, document)
    ? spliced
    : document.toString({ lineWidth: 0 });
}

function saysTheSame(text: string, wanted: Document.Parsed): boolean {
  const document = parseDocument(text);
  return document.errors.length === 0 && isDeepStrictEqual(document.toJS(), wanted.toJS());
}

/** Of a scalar, and of a list in one line. */
function replaceValue(
  text: string,
  document: Document.Parsed,
  path: readonly string[],
  value: Value,
): string | undefined {
  const node: unknown = document.getIn(path, true);
  if (!(isScalar(node) || (isSeq(node) && node.flow === true)) || !node.range) return undefined;
  const [start, end] = node.range;
  const newline = text[end - 1] === '\n' ? '\n' : ''; // a block scalar has the end of its line in it
  const isList = Array.isArray(value);
  const written = isList
    ? `[${value.map((item) => stringify(item).trimEnd()).join(', ')}]`
    : stringify(value);
  return text.slice(0, start) + written.trimEnd() + newline + text.slice(end);
}

/** Adds a key below the last one of a map in block style. */
function appendToMap(
  text: string,
  document: Document.Parsed,
  path: readonly string[],
  value: Value,
): string | undefined {
  const map: unknown = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (!isMap(map) || map.flow === true) return undefined;
  const [first, last] = [map.items[0], map.items.at(-1)];
  if (!first || !last || !isNode(first.key) || !isNode(last.key)) return undefined;
  const start = first.key.range?.[0] ?? 0;
  const end = (isNode(last.value) ? last.value : last.key).range?.[1] ?? 0;
  const newline = text[end - 1] === '\n' ? end - 1 : text.indexOf('\n', end);
  // At the top level the file's end, or a comment that ends the block above would end up below.
  const before =
    path.length === 1 ? `${text.trimEnd()}\n\n` : newline < 0 ? `${text}\n` : text.slice(0, newline + 1);
  const indent = ' '.repeat(start - (text.lastIndexOf('\n', start - 1) + 1));
  const added = new Document({ [path.at(-1) ?? '']: value });
  compact(added.contents, false);
  const lines = added
    .toString({ lineWidth: 0, flowCollectionPadding: !hasList(value) })
    .trimEnd()
    .split('\n')
    .map((line) => `${indent}${line}\n`);
  return before + lines.join('') + text.slice(before.length);
}

/** `[a]`, as this repository writes lists, and not `[ a ]`. */
function hasList(value: Value): boolean {
  if (typeof value !== 'object') return false;
  return Array.isArray(value) || Object.values(value as Record<string, Value>).some(hasList);
}

/** A key with nothing after it becomes an empty map, with the comments below it. */
function makeMap(document: Document.Parsed, path: readonly string[]): void {
  const node: unknown = document.getIn(path, true);
  if (!isScalar(node) || node.value !== null) return;
  const map = document.createNode({});
  map.commentBefore = [node.commentBefore, node.comment].filter((comment) => comment).join('\n') || null;
  document.setIn(path, map);
}

/** Writes lists in one line, and maps that hold no map as `{ tag: 0.1.0 }`, as this repository does; the top one only where `top` is true. */
function compact<T>(node: T, top = true): T {
  if (!isNode(node)) return node;
  visit(node, {
    Seq: (_key, list) => {
      list.flow = true;
    },
    Map: (key, map) => {
      if ((top || key !== null) && map.items.every(({ value }) => isScalar(value))) map.flow = true;
    },
  });
  return node;
}
