import { join } from 'node:path';
import { isAlias, isPair, isScalar, LineCounter, parseAllDocuments, visit, type Scalar } from 'yaml';
import { readText } from '../ports/files.ts';
import type { KubeObject } from '../ports/kube.ts';
import { writeFilesTogether } from '../ports/write-together.ts';
import { FolderFailure } from './folder-failure.ts';
import { folderInputs } from './folder-inputs.ts';

/** A value in a file, from which a field of a built object comes. */
export interface Spot {
  /** Relative to the root. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** The line, without what it is indented by. */
  readonly text: string;
}

export interface TraceTarget {
  /** Whose files are tried; relative to the root. */
  readonly inputs: readonly string[];
  readonly build: () => Promise<readonly KubeObject[]>;
  /** The field's own name: what stands behind the same key is tried first. */
  readonly key: string;
  /** The text of the field as it is built; undefined where the object or the field is not there. */
  readonly read: (objects: readonly KubeObject[]) => string | undefined;
}

interface Candidate extends Spot {
  /** 0: the same value; 1: a part of it, as the tag of an image; 2: it is a part of this, as in a patch. */
  readonly rank: 0 | 1 | 2;
  /** What of the field it may be. */
  readonly part: string;
  /** The key that it stands behind. */
  readonly key: string;
  readonly from: number;
  readonly to: number;
  readonly changed: string;
}

/** Each try is one run of kustomize, 60 ms or more. */
const mostTries = 40;

/**
 * Finds by trial where a built field comes from: each value in the files that might be it is changed a little, the folder
 * is built again, and where the field has changed as well, that was it. Kustomize has many ways to carry a value (bases,
 * patches, images, replicas, labels, generators); this holds for all of them.
 *
 * @param root A copy of the repository that is ours to change; it is as before afterwards.
 * @returns Several where the value is put together, as an image from its name and its tag; none where no file tells.
 * @throws {FolderFailure} where the folder cannot be built as it is.
 */
export async function traceBuild(root: string, { inputs, build, key, read }: TraceTarget): Promise<Spot[]> {
  const wanted = read(await build());
  if (wanted === undefined || wanted === '') return [];
  const files = [...((await folderInputs(root, inputs)) ?? new Map<string, Buffer>())];
  const candidates = files
    .filter(([file]) => /\.ya?ml$/.test(file))
    .flatMap(([file, bytes]) => candidatesIn(file, bytes.toString(), wanted))
    .sort(
      (a, b) =>
        a.rank - b.rank || Number(b.key === key) - Number(a.key === key) || b.part.length - a.part.length,
    )
    .slice(0, mostTries);
  for (const rank of [0, 1, 2]) {
    const found: Spot[] = [];
    let rest = wanted;
    for (const candidate of candidates.filter((each) => each.rank === rank)) {
      if (!/\w/.test(rest)) break; // all of it is found
      if (!rest.includes(candidate.part) || !(await changes(candidate, wanted))) continue;
      found.push(spotOf(candidate));
      rest = rest.replace(candidate.part, '');
    }
    if (found.length > 0) return found;
  }
  return [];

  /** Only where the change itself arrives: another name in a base, say, takes it out of the reach of a patch. */
  async function changes({ file, from, to, changed, part }: Candidate, before: string): Promise<boolean> {
    const text = await readText(join(root, file));
    const write = async (content: string): Promise<void> =>
      writeFilesTogether([{ path: join(root, file), content }], { flush: false });
    await write(`${text.slice(0, from)}${changed}${text.slice(to)}`);
    try {
      const after = read(await build());
      return after !== undefined && after !== before && after.replaceAll(another(part), part) === before;
    } catch (error) {
      if (error instanceof FolderFailure) return false; // a name that something else refers to
      throw error;
    } finally {
      await write(text);
    }
  }
}

function spotOf({ file, line, column, text }: Candidate): Spot {
  return { file, line, column, text };
}

function candidatesIn(file: string, text: string, wanted: string): Candidate[] {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: lines });
  const found: Candidate[] = [];
  const add = (
    { rank, part, key }: Pick<Candidate, 'rank' | 'part' | 'key'>,
    from: number,
    to: number,
    changed: string,
  ): void => {
    const { line, col: column } = lines.linePos(from);
    const whole = text.split('\n')[line - 1] ?? '';
    found.push({ file, rank, part, key, line, column, text: whole.trim(), from, to, changed });
  };
  for (const document of Array.isArray(parsed) ? parsed : []) {
    visit(document, {
      Scalar: (place, node, path) => {
        if (place === 'key' || isAlias(node) || !isScalar(node) || !node.range) return;
        const [from, to] = node.range;
        const value = String(node.value);
        const source = text.slice(from, to);
        const pair = path.findLast(isPair);
        const key = isScalar(pair?.key) ? String(pair.key.value) : '';
        if (value === wanted) add({ rank: 0, part: value, key }, from, to, altered(source, node));
        else if (value.length > 1 && wanted.includes(value))
          add({ rank: 1, part: value, key }, from, to, altered(source, node));
        else if (wanted.length > 1 || source.includes('\n')) {
          for (const at of wordsIn(source, wanted))
            add({ rank: 2, part: wanted, key }, from + at, from + at + wanted.length, another(wanted));
        }
      },
    });
  }
  return found;
}

/** Where a text stands as a word of its own in another. */
function wordsIn(source: string, wanted: string): number[] {
  const places: number[] = [];
  for (let at = source.indexOf(wanted); at >= 0; at = source.indexOf(wanted, at + 1)) {
    const [before = ' ', after = ' '] = [source[at - 1], source[at + wanted.length]];
    if (!/[\w.]/.test(before) && !/[\w]/.test(after)) places.push(at);
  }
  return places;
}

/** Another value of the same type, as it is written. */
function altered(source: string, { value }: Scalar): string {
  const quote = /^["']/.exec(source)?.[0] ?? '';
  return `${quote}${another(String(value))}${quote}`;
}

/** A text that says another thing, and is read as the same type. */
function another(text: string): string {
  if (text === 'true' || text === 'false') return text === 'true' ? 'false' : 'true';
  return /^-?\d+$/.test(text) ? String(Number(text) + 1) : `${text}x`;
}
