import { join } from 'node:path';
import { PlatformError } from '../../errors/platform-error.ts';
import type { Deps } from '../../ports/deps.ts';
import { sha256OfFile } from '../../ports/digest.ts';
import { DownloadFailure } from '../../ports/downloads/failure.ts';
import { exists, isDirectory, listFiles, readText, sizeOf, writeFileAtomically } from '../../ports/files.ts';
import { withLock } from '../../ports/lock.ts';
import { isWritable, type Machine } from '../../ports/machine.ts';
import { withSideFolder } from '../../ports/side-folder.ts';
import { type AssetModule, assetModules } from '../assets.ts';
import { goModuleDirectory } from '../go.ts';
import { programs as pinned, type Program } from '../programs.ts';
import { summarise, type Attempt } from './attempt.ts';
import { fetchProgram } from './fetch-program.ts';
import { mirrorsFrom } from './mirrors.ts';
import { moduleArchive } from './module-archive.ts';
import { sourcesFrom } from './sources.ts';
import { createStore, type Store } from './store.ts';

export interface FilledMirror {
  readonly folder: string;
  readonly os: string;
  readonly arch: string;
  /** Programs that it has. */
  readonly programs: readonly string[];
  /** Programs that nobody publishes for this machine, which have to be built there. */
  readonly unpublished: readonly string[];
  readonly files: number;
  readonly sizeBytes: number;
}

export interface MirrorOptions {
  readonly programs?: readonly Program[];
  readonly modules?: readonly AssetModule[];
}

const listName = 'SHA256SUMS';

/**
 * Fills a folder with everything that the toolchain downloads for one kind of machine, laid out as
 * `<upstream host>/<path>`, and compared as for this machine itself. Run again, it goes on where it was stopped.
 *
 * @param folder Absolute; made where it is absent.
 * @throws {PlatformError} TOOL_MISSING when something published cannot be had; what was fetched stays. DISK_FULL, USAGE.
 */
export async function fillMirror(
  deps: Pick<Deps, 'home' | 'progress' | 'downloads'>,
  folder: string,
  machine: Machine,
  options: MirrorOptions = {},
): Promise<FilledMirror> {
  const { downloads, progress } = deps;
  const mirrors = mirrorsFrom(downloads.settings);
  if (!(await isWritable(folder)) || ((await exists(folder)) && !(await isDirectory(folder)))) {
    throw new PlatformError('USAGE', `${folder} is no folder that can be written`, 'Name another folder');
  }
  const { programs = pinned, modules = assetModules() } = options;
  const busy = (): Error =>
    new PlatformError('TOOL_TIMEOUT', `another platform command fills ${folder}`, 'Wait until it is done');
  return withLock(join(folder, '.mirror'), { waitMs: 0, busy }, async () => {
    const attempts: Attempt[] = [];
    const published = programs.filter((program) => isPublished(program, machine));
    progress.begin(3);
    await progress.step('fetch the programs', async (say) => {
      const store = storeFor(deps, folder, mirrors, say);
      for (const program of published) {
        say(program.name);
        attempts.push(...(await fetchOne(deps, store, program, machine)));
      }
    });
    await progress.step('fetch the files that come with them', async (say) => {
      const store = storeFor(deps, folder, mirrors, say);
      for (const { module, version, side } of modules) {
        say(module);
        const goSum = await readText(join(goModuleDirectory(deps, side), 'go.sum'));
        await moduleArchive(store, module, version, goSum).catch((error: unknown) => {
          if (!(error instanceof DownloadFailure)) throw error;
          attempts.push({ name: module, source: 'download', reason: error.message });
        });
      }
    });
    if (attempts.length > 0) throw incomplete(folder, attempts);
    const list = await progress.step('write the list of digests', async () => writeList(folder));
    const names = (some: readonly Program[]): string[] => some.map(({ name }) => name);
    const unpublished = names(programs.filter((program) => !published.includes(program)));
    return { folder, ...machine, programs: names(published), unpublished, ...list };
  });
}

function isPublished({ release, image }: Program, { os }: Machine): boolean {
  return release?.systems.includes(os) === true || (image !== undefined && os === 'linux');
}

function storeFor(
  { downloads, progress }: Pick<Deps, 'progress' | 'downloads'>,
  folder: string,
  mirrors: ReturnType<typeof mirrorsFrom>,
  say: (detail: string) => void,
): Store {
  const received = { bytes: 0 };
  return createStore(downloads, mirrors, {
    folder,
    keep: true,
    onBytes: (count) => {
      const before = Math.floor(received.bytes / 1e6);
      received.bytes += count;
      const mb = Math.floor(received.bytes / 1e6);
      if (mb > before) say(`${String(mb)} MB`);
    },
    onCorrupt: (reason) => progress.warn(`not used: ${reason}`),
  });
}

/** @returns Why, when no source gave it. */
async function fetchOne(
  { downloads }: Pick<Deps, 'downloads'>,
  store: Store,
  program: Program,
  machine: Machine,
): Promise<Attempt[]> {
  const attempts: Attempt[] = [];
  const origin = await withSideFolder(async (side) =>
    fetchProgram(store, program, sourcesFrom(downloads.settings), machine, side, (attempt) =>
      attempts.push(attempt),
    ),
  );
  return origin === undefined ? attempts : [];
}

function incomplete(folder: string, attempts: readonly Attempt[]): PlatformError {
  return new PlatformError(
    'TOOL_MISSING',
    `${folder} is not complete: some files cannot be had`,
    'Check the network (proxies: HTTPS_PROXY, NO_PROXY), then run the same command again: it goes on where it was stopped',
    { details: summarise(attempts).map((message) => ({ message })) },
  );
}

async function writeList(folder: string): Promise<{ files: number; sizeBytes: number }> {
  const kept = (await listFiles(folder)).filter(
    (file) =>
      file !== listName && !/\.(partial|partial\.json|copying)$/.test(file) && !file.startsWith('.mirror'),
  );
  const lines: string[] = [];
  let sizeBytes = 0;
  for (const file of kept) {
    lines.push(`${await sha256OfFile(join(folder, file))}  ${file}\n`);
    sizeBytes += (await sizeOf(join(folder, file))) ?? 0;
  }
  await writeFileAtomically(join(folder, listName), lines.join(''));
  return { files: kept.length, sizeBytes };
}
