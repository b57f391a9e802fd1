import { basename, dirname, isAbsolute, join, relative } from 'node:path';
import { LineCounter, parseAllDocuments } from 'yaml';
import type { Detail, Place } from '../errors/platform-error.ts';
import { PlatformError } from '../errors/platform-error.ts';
import { readTextIfThere } from '../ports/files.ts';
import { quote } from '../ports/run.ts';
import { findKustomizationFile } from './kustomization-file.ts';

/** Why one folder cannot be built; several of them become one BUILD_FAILED. */
export class FolderFailure extends Error {
  /** Relative to the repository root. */
  readonly folder: string;
  readonly place: Place | undefined;
  /** Where building it by hand would not tell more. */
  readonly hint: string | undefined;

  constructor(folder: string, message: string, place?: Place, hint?: string) {
    super(message);
    this.name = 'FolderFailure';
    this.folder = folder;
    this.place = place;
    this.hint = hint;
  }
}

/** @param failures At least one. */
export function buildFailed(failures: readonly [FolderFailure, ...FolderFailure[]]): PlatformError {
  const [first] = failures;
  const details: Detail[] = failures.map(({ folder, message, place, hint }) => ({
    message: failures.length === 1 ? message : `${folder}: ${message}`,
    place,
    hint,
  }));
  const folders = failures.map(({ folder }) => folder).join(', ');
  return new PlatformError(
    'BUILD_FAILED',
    `kustomize cannot build ${folders}`,
    first.hint ??
      `Build it by hand: kustomize build ${quote(first.folder)} --load-restrictor LoadRestrictionsNone`,
    { details, cause: first },
  );
}

/** Turns what kustomize 5.8 wrote to standard error into a sentence and a place in a file of the repository. */
export async function explainFailure(root: string, folder: string, stderr: string): Promise<FolderFailure> {
  const text = stderr
    .trim()
    .split('\n')
    .filter((line) => !line.startsWith('Flag --'))
    .join('\n')
    .replace(/^Error: /, '');
  // The last folder it went into is the one whose kustomization file or resource is at fault.
  const entered = [
    ...text.matchAll(/(?:recursed accumulation of|couldn't make target for) path '([^']+)'/g),
  ].at(-1)?.[1];
  const at = entered ?? join(root, folder);
  const malformed = /MalformedYAMLError: yaml: (?:line \d+: )?(.*?) in File: (\S+)/s.exec(text);
  if (malformed) {
    const file = join(at, malformed[2] ?? '');
    return new FolderFailure(folder, malformed[1] ?? text, await placeOfSyntaxError(root, file));
  }
  const absent = /lstat (.+?): no such file or directory/.exec(text)?.[1];
  if (absent !== undefined) {
    const place = await placeInKustomization(root, dirname(absent), basename(absent), at);
    return new FolderFailure(folder, `${inside(root, absent)} does not exist`, place);
  }
  const unknownField = /unknown field "([^"]+)"/.exec(text)?.[1];
  const invalid = /invalid Kustomization: (.*)/s.exec(text)?.[1];
  if (invalid !== undefined) {
    const file = await findKustomizationFile(at);
    const place = unknownField === undefined && file ? await placeOfSyntaxError(root, file.path) : undefined;
    return new FolderFailure(
      folder,
      invalid,
      place ?? (await placeInKustomization(root, at, unknownField, at)),
    );
  }
  const [, doing, named = '', why] =
    /accumulation err='(accumulating|merging) resources from '([^']+)': (.+?)': must build at directory/s.exec(
      text.slice(text.lastIndexOf('accumulation err=')),
    ) ?? [];
  if (doing !== undefined && why !== undefined) {
    const file = inside(root, join(at, named));
    const place = doing === 'accumulating' ? { file } : await placeInKustomization(root, at, named, at);
    return new FolderFailure(folder, sentenceOf(why, named), place);
  }
  const last = text.split(/recursed accumulation of path '[^']+': /).at(-1) ?? text;
  return new FolderFailure(
    folder,
    last.replaceAll(`${root}/`, ''),
    await placeInKustomization(root, at, undefined, at),
  );
}

function sentenceOf(why: string, named: string): string {
  const twice = /may not add resource with an already registered id: (\S+)/.exec(why)?.[1];
  if (twice !== undefined)
    return `${named} brings ${twice}, which is there already: each object may be there once`;
  return why.replace(/ in object \{\{(\S*) (\S*)\} .*/s, ' in an object');
}

/** The parser here counts lines from 1; the one in kustomize is off by one in some errors. */
async function placeOfSyntaxError(root: string, file: string): Promise<Place> {
  const text = (await readTextIfThere(file)) ?? '';
  const lineCounter = new LineCounter();
  const [error] = parseAllDocuments(text, { lineCounter }).flatMap(({ errors }) => errors);
  const at = error ? lineCounter.linePos(error.pos[0]) : undefined;
  return { file: inside(root, file), line: at?.line, column: at?.col };
}

async function placeInKustomization(
  root: string,
  folder: string,
  word: string | undefined,
  fallback: string,
): Promise<Place | undefined> {
  const file = (await findKustomizationFile(folder)) ?? (await findKustomizationFile(fallback));
  if (!file) return undefined;
  const index = word === undefined ? -1 : file.text.split('\n').findIndex((line) => line.includes(word));
  return { file: inside(root, file.path), line: index < 0 ? undefined : index + 1 };
}

function inside(root: string, path: string): string {
  const there = relative(root, path);
  return there.startsWith('..') || isAbsolute(there) ? path : there;
}
