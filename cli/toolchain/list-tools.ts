import { sizeOf } from '../ports/files.ts';
import { hang } from '../ports/wrap.ts';
import { cacheEntry } from './cache.ts';
import { formatTable } from './format-table.ts';
import { readOrigin, type Origin } from './origin.ts';
import { programs as pinnedPrograms, type Program } from './programs.ts';
import { resolveProgram, versionOf, type Source, type ToolchainDeps } from './resolve-program.ts';

/** One row of `platform tools`. */
export interface ToolRow {
  readonly name: string;
  /** The one that versions.json asks for. */
  readonly pinned: string;
  /** What the file that would be used reports; null when it does not tell, or is not there yet. */
  readonly version: string | null;
  readonly source: Source;
  /** How a program in the cache came there; null for every other one, and where an older version put it there. */
  readonly origin: Origin | null;
  /** What would be used; with source `build`, where it will be put. */
  readonly path: string;
  /** null when it is not there yet. */
  readonly sizeBytes: number | null;
  /** What a reader should know: another version, a corrupt cache, programs that were passed over. */
  readonly notes: readonly string[];
}

/** Where each program comes from, by the order of resolution. Builds and fetches nothing. */
export async function listTools(
  deps: ToolchainDeps,
  programs: readonly Program[] = pinnedPrograms,
): Promise<ToolRow[]> {
  return Promise.all(
    programs.map(async (program) => {
      const found = await resolveProgram(deps, program, 'full');
      const { path } = found;
      const version = path === undefined ? undefined : await versionOf(deps.locations.path, program, path);
      const entry = cacheEntry(deps.locations, program);
      const notes = found.ignored.map(
        (other) => `${other.path} is ${other.version ?? 'of a version it does not tell'}: not used`,
      );
      if (found.corrupt) notes.push('the cached file is not the one that was put there (TOOL_CORRUPT)');
      if (found.source === 'directory' && version !== program.version) notes.push(`not ${program.version}`);
      return {
        name: program.name,
        pinned: program.version,
        version: version ?? null,
        source: found.source,
        origin: found.source === 'cache' ? await readOrigin(entry.origin) : null,
        path: path ?? entry.program,
        sizeBytes: (path === undefined ? undefined : await sizeOf(path)) ?? null,
        notes,
      };
    }),
  );
}

const sourceWords: Readonly<Record<Source, string>> = {
  directory: 'PLATFORM_TOOLS_DIR',
  path: 'PATH',
  cache: 'cache',
  build: 'nowhere yet',
};

const originWords: Readonly<Record<Origin['source'], string>> = {
  download: 'downloaded',
  image: 'image',
  build: 'built',
};

/** `cache (downloaded, sha256:0123456789ab…)`: the digest that lies nearest to the program. */
function fromWords({ source, origin }: ToolRow): string {
  if (origin === null) return sourceWords[source];
  const digest = origin.digests['file'] ?? origin.digests['layer'];
  const short = digest === undefined ? '' : `, ${digest.slice(0, 'sha256:'.length + 12)}…`;
  return `${sourceWords[source]} (${originWords[origin.source]}${short})`;
}

/** @param columns Of the terminal; undefined where it is none. */
export function formatTools(rows: readonly ToolRow[], columns?: number): string {
  const table = rows.map((row) => [
    row.name,
    // the cache is keyed by the version, so it is known where the program itself does not tell
    row.version ?? (row.source === 'build' || row.source === 'cache' ? row.pinned : '?'),
    fromWords(row),
    row.path,
  ]);
  const notes = rows.flatMap((row) => row.notes.map((note) => hang(`${row.name}: ${note}`, columns, 2)));
  const text = formatTable([['PROGRAM', 'VERSION', 'FROM', 'PATH'], ...table], { columns, from: 2 });
  return notes.length === 0 ? text : `${text}\n\n${notes.join('\n')}`;
}
