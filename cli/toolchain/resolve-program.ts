import { join } from 'node:path';
import type { Deps } from '../ports/deps.ts';
import { fingerprintOf } from '../ports/digest.ts';
import { isDirectory, isExecutable } from '../ports/files.ts';
import { probe } from '../ports/probe.ts';
import { cacheEntry, checkEntry } from './cache.ts';
import type { Program } from './programs.ts';

/**
 * Where the toolchain looks, what it may download with (nothing where that is absent), and how it says aloud what cannot
 * wait for the end.
 */
export interface ToolchainDeps
  extends Pick<Deps, 'locations' | 'home'>, Partial<Pick<Deps, 'progress' | 'downloads'>> {
  /** The folder of the go.mod that pins the programs; by default the one that comes with this program. */
  readonly goModule?: string;
}

/** directory: the user named it · path: the pinned version on PATH · cache: put there before · build: not there yet, to be fetched or built. */
export type Source = 'directory' | 'path' | 'cache' | 'build';

export interface Resolution {
  readonly program: Program;
  readonly source: Source;
  /** Absolute; absent when it is nowhere. */
  readonly path?: string;
  /** True when the cache holds another file than the one that was put there: it is never used. */
  readonly corrupt: boolean;
  /** Programs of this name on PATH that were not taken; a version that cannot be told is undefined. */
  readonly ignored: readonly { readonly path: string; readonly version: string | undefined }[];
}

/** The first executable file of that name in the folders, in their order. */
export async function findExecutable(
  directories: readonly string[],
  name: string,
): Promise<string | undefined> {
  for (const path of new Set(directories.map((directory) => join(directory, name)))) {
    if ((await isExecutable(path)) && !(await isDirectory(path))) return path;
  }
  return undefined;
}

/**
 * Finds one program: named folder → PATH at the pinned version → cache. A file in a folder that the user named is taken
 * whatever its version is: that is the way to try another one.
 */
export async function resolveProgram(
  { locations }: ToolchainDeps,
  program: Program,
  check: 'full' | 'unless-unchanged',
): Promise<Resolution> {
  const named = await findExecutable(locations.toolDirectories, program.name);
  if (named !== undefined) return { program, source: 'directory', path: named, corrupt: false, ignored: [] };

  const ignored: { path: string; version: string | undefined }[] = [];
  const seen = new Set<string | undefined>(); // /bin is a link to /usr/bin on many systems
  for (const directory of new Set(locations.path)) {
    const path = await findExecutable([directory], program.name);
    const file = path === undefined ? undefined : await fingerprintOf(path);
    if (path === undefined || seen.has(file)) continue;
    seen.add(file);
    const version = await versionOf(locations.path, program, path);
    if (version === program.version) return { program, source: 'path', path, corrupt: false, ignored };
    ignored.push({ path, version });
  }

  const entry = cacheEntry(locations, program);
  const state = await checkEntry(entry, check);
  if (state === 'good') return { program, source: 'cache', path: entry.program, corrupt: false, ignored };
  return { program, source: 'build', corrupt: state === 'corrupt', ignored };
}

/** The version that a program reports, without `v`; undefined when it does not tell. */
export async function versionOf(
  path: readonly string[],
  program: Pick<Program, 'module' | 'versionArgs'>,
  file: string,
): Promise<string | undefined> {
  if (program.versionArgs) return firstVersion(await probe(file, program.versionArgs));
  const go = await findExecutable(path, 'go');
  if (go === undefined) return undefined;
  const module = (await probe(go, ['version', '-m', file]))
    ?.split('\n')
    .map((line) => line.trim().split('\t'))
    .find(([kind, name]) => kind === 'mod' && name === program.module);
  return firstVersion(module?.[2]);
}

/** `Client Version: v1.36.0` → `1.36.0`; `v1.36.0+k3s1` stays whole, since it is not the plain release. */
export function firstVersion(text: string | undefined): string | undefined {
  return /(?<![\w.])v?(\d+\.\d+\.\d+[^\s,;)]*)/.exec(text ?? '')?.[1];
}
