import { join } from 'node:path';
import { PlatformError } from '../errors/platform-error.ts';
import { DownloadFailure } from '../ports/downloads/failure.ts';
import { listNames, readBytes, readText, remove } from '../ports/files.ts';
import type { AssetName, Part } from './assets.ts';
import type { Attempt } from './fetch/attempt.ts';
import { findGo, goModuleDirectory, requireGo, type Go } from './go.ts';
import { mayBuild, noSource } from './require-source.ts';
import type { ToolchainDeps } from './resolve-program.ts';
import { compareVersions, versions } from './versions.ts';

/** The files that one part of an asset picks, by name, sorted. */
interface Picked {
  readonly part: Part;
  readonly files: ReadonlyMap<string, Buffer>;
}

/** Gives the files in one folder of a module. */
type Reader = (part: Part) => Promise<ReadonlyMap<string, Buffer>>;

/**
 * Takes the files of an asset out of Go modules, compared with go.sum: from Go's module cache where it has them already, else
 * as archives from a module proxy, which needs no Go, else with Go.
 *
 * @param folder Receives archives while they are needed; what a killed run left there is gone on with.
 * @throws {PlatformError} TOOL_MISSING, TOOL_BUILD_FAILED, DISK_FULL, USAGE.
 */
export async function moduleFiles(
  deps: ToolchainDeps,
  name: AssetName,
  parts: readonly Part[],
  folder: string,
): Promise<Picked[]> {
  const modules = [...new Map(parts.map((part) => [part.module, part])).values()];
  const side = parts[0]?.side;
  const go = await usableGo(deps, side);
  const cached = go && (await foldersOf(go, modules, true));
  if (cached) return pick(parts, fromFolders(cached));

  const attempts: Attempt[] = [];
  const fetched = await archives(deps, modules, folder, attempts);
  if (fetched) return pick(parts, fetched.read).finally(fetched.done);
  if (!mayBuild(deps))
    throw noSource(`${name} cannot be downloaded, and PLATFORM_TOOLS_SOURCES leaves out Go`, attempts);
  const needed = await requireGo(deps, `${name} must be taken from Go modules`, side).catch(
    (error: unknown) => {
      throw error instanceof PlatformError && attempts.length > 0 ? noSource(error.message, attempts) : error;
    },
  );
  return pick(parts, fromFolders(await fetchFolders(needed, modules)));
}

async function usableGo(deps: ToolchainDeps, side: Part['side']): Promise<Go | undefined> {
  if (!mayBuild(deps)) return undefined;
  const found = await findGo(deps);
  if (found?.version === undefined || compareVersions(found.version, versions.go) < 0) return undefined;
  return requireGo(deps, '', side);
}

async function pick(parts: readonly Part[], read: Reader): Promise<Picked[]> {
  const picked: Picked[] = [];
  for (const part of parts) {
    const files = [...(await read(part))]
      .filter(([name]) => part.pick.test(name))
      .sort(([a], [b]) => (a < b ? -1 : 1));
    if (files.length === 0)
      throw new Error(`${part.module} has no file like ${String(part.pick)} in ${part.from}`);
    picked.push({ part, files: new Map(files) });
  }
  return picked;
}

/** @returns undefined when a module could not be had; why is added to `attempts`. */
async function archives(
  deps: ToolchainDeps,
  modules: readonly Part[],
  folder: string,
  attempts: Attempt[],
): Promise<{ read: Reader; done: () => Promise<void> } | undefined> {
  const { downloads } = deps;
  if (downloads === undefined) return undefined;
  const { sourcesFrom } = await import('./fetch/sources.ts');
  if (!sourcesFrom(downloads.settings).includes('download')) return undefined;
  const { mirrorsFrom } = await import('./fetch/mirrors.ts');
  const { createStore } = await import('./fetch/store.ts');
  const { filesIn, moduleArchive } = await import('./fetch/module-archive.ts');
  const store = createStore(downloads, mirrorsFrom(downloads.settings), {
    folder,
    keep: false,
    onCorrupt: (reason) => deps.progress?.warn(`not used: ${reason}`),
  });
  const goSum = await readText(join(goModuleDirectory(deps, modules[0]?.side), 'go.sum'));
  const paths = new Map<string, string>();
  for (const { module, versionKey } of modules) {
    try {
      paths.set(module, await moduleArchive(store, module, versions[versionKey], goSum));
    } catch (error) {
      if (!(error instanceof DownloadFailure)) throw error;
      attempts.push({ name: module, source: 'download', reason: error.message });
      return undefined;
    }
  }
  return {
    read: async ({ module, versionKey, from }) =>
      filesIn(paths.get(module) ?? '', module, versions[versionKey], from),
    done: async () => remove(folder),
  };
}

function fromFolders(folders: ReadonlyMap<string, string>): Reader {
  return async ({ module, from }) => {
    const folder = join(folders.get(module) ?? '', from);
    const names = await listNames(folder, 'file');
    return new Map(
      await Promise.all(names.map(async (name) => [name, await readBytes(join(folder, name))] as const)),
    );
  };
}

/** Fetches the modules where Go's cache lacks them; Go compares them with go.sum. */
async function fetchFolders(go: Go, modules: readonly Part[]): Promise<Map<string, string>> {
  const folders = await foldersOf(go, modules, false).catch((error: unknown) => {
    if (!(error instanceof PlatformError) || error.code !== 'TOOL_FAILED') throw error;
    throw new PlatformError(
      'TOOL_BUILD_FAILED',
      `the Go modules ${modules.map(({ module }) => module).join(', ')} cannot be fetched: ${error.message}`,
      'Check the network, or name a module proxy that you can reach: export GOPROXY=<url>',
      { cause: error },
    );
  });
  return folders ?? new Map<string, string>();
}

/** @param offline True to look into Go's module cache only: then undefined when it lacks one. */
async function foldersOf(
  go: Go,
  modules: readonly Part[],
  offline: boolean,
): Promise<Map<string, string> | undefined> {
  const pinned = modules.map(({ module, versionKey }) => `${module}@v${versions[versionKey]}`);
  const args = ['mod', 'download', '-json', ...pinned];
  const printed = await go
    .run(args, 600_000, undefined, offline ? { GOPROXY: 'off' } : {})
    .catch((error: unknown) => {
      if (offline && error instanceof PlatformError && error.code === 'TOOL_FAILED') return undefined;
      throw error;
    });
  if (printed === undefined) return undefined;
  const found = printed.split(/(?<=^\})\n/m).filter((text) => text.trim() !== '');
  return new Map(
    found.map((text) => {
      const { Path, Dir } = JSON.parse(text) as { Path: string; Dir: string };
      return [Path, Dir];
    }),
  );
}
