import { sizeOf } from '../ports/files.ts';
import { cacheEntry } from './cache.ts';
import { formatTable } from './format-table.ts';
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
  /** What would be used; with source `build`, where it will be put. */
  readonly path: string;
  /** null when it is not there yet. */
  readonly sizeBytes: number | null;
  /** What a reader should know: another version, a corrupt cache, programs that were passed over. */
  readonly notes: readonly string[];
}

/** Where each program comes from, by the order of resolution. Builds nothing. */
export async function listTools(
  deps: ToolchainDeps,
  programs: readonly Program[] = pinnedPrograms,
): Promise<ToolRow[]> {
  return Promise.all(
    programs.map(async (program) => {
      const found = await resolveProgram(deps, program, 'full');
      const { path } = found;
      const version = path === undefined ? undefined : await versionOf(deps.locations.path, program, path);
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
        path: path ?? cacheEntry(deps.locations, program).program,
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
  build: 'to be built',
};

export function formatTools(rows: readonly ToolRow[]): string {
  const table = rows.map(({ name, version, pinned, source, path }) => [
    name,
    version ?? (source === 'build' ? pinned : '?'),
    sourceWords[source],
    path,
  ]);
  const notes = rows.flatMap((row) => row.notes.map((note) => `${row.name}: ${note}`));
  const text = formatTable([['PROGRAM', 'VERSION', 'FROM', 'PATH'], ...table]);
  return notes.length === 0 ? text : `${text}\n\n${notes.join('\n')}`;
}
