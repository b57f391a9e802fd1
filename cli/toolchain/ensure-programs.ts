import { join } from 'node:path';
import { PlatformError } from '../errors/platform-error.ts';
import { systemClock } from '../ports/clock.ts';
import { shareFile } from '../ports/copy-file.ts';
import { listNames, makeDirectory, readTextIfThere, remove, writeFileAtomically } from '../ports/files.ts';
import { withLock } from '../ports/lock.ts';
import { ownProcess } from '../ports/processes.ts';
import { quote } from '../ports/run.ts';
import { cacheEntry, putIntoCache, toolCache } from './cache.ts';
import type { Attempt } from './fetch/attempt.ts';
import type { Fetched } from './fetch/fetch-programs.ts';
import type { Go } from './go.ts';
import { buildLog, goBuild } from './go-build.ts';
import { builtName } from './go-output.ts';
import { programs as pinnedPrograms, type Program } from './programs.ts';
import { goForBuild, tellFallThrough } from './require-source.ts';
import { resolveProgram, type Resolution, type ToolchainDeps } from './resolve-program.ts';

export interface EnsureOptions {
  /** Which programs there are; versions.json's by default. */
  readonly programs?: readonly Program[];
  /** For a build, and as much for waiting while somebody else builds. Default: 60 minutes. */
  readonly deadlineMs?: number;
  /** `unless-unchanged` trusts a file that was checked before and not touched since. Default: `full`. */
  readonly check?: 'full' | 'unless-unchanged';
}

/** The prefix of folders that a build or a download fills; whatever a killed one left behind is found by it. */
const sidePrefix = '.building-';

/**
 * Gives the absolute path of each program, and downloads those that are nowhere, or builds them where that cannot be. Only
 * one process per cache does so; others wait for it and take what it made. One that dies leaves nothing that counts.
 *
 * @param names As in programs.ts.
 * @param say   Replaces the detail shown beside the running step: what is compiled, whom it waits for.
 * @throws {PlatformError} TOOL_MISSING when no source gives one, TOOL_BUILD_FAILED, TOOL_TIMEOUT, DISK_FULL, USAGE.
 */
export async function ensurePrograms<Name extends string>(
  deps: ToolchainDeps,
  names: readonly Name[],
  say: (detail: string) => void,
  options: EnsureOptions = {},
): Promise<Record<Name, string>> {
  const wanted = names.map((name) => findProgram(name, options.programs ?? pinnedPrograms));
  const { check = 'full', deadlineMs = 3_600_000 } = options;
  const resolveAll = async (how = check): Promise<Resolution[]> =>
    Promise.all(wanted.map(async (program) => resolveProgram(deps, program, how)));

  let resolutions = await resolveAll();
  if (resolutions.some(({ source }) => source === 'build')) {
    for (const { program, corrupt } of resolutions) if (corrupt) tellCorrupt(deps, program, say);
    await alone(deps, say, deadlineMs, async () => {
      const missing = (await resolveAll()).filter(({ source }) => source === 'build');
      await obtain(
        deps,
        missing.map(({ program }) => program),
        say,
        deadlineMs,
      );
    });
    resolutions = await resolveAll('unless-unchanged');
  }
  return Object.fromEntries(
    resolutions.map(({ program, path }) => [program.name, path ?? neverThere(deps, program)]),
  ) as Record<Name, string>;
}

function findProgram(name: string, programs: readonly Program[]): Program {
  const program = programs.find((candidate) => candidate.name === name);
  if (!program) throw new TypeError(`no program is called ${name}`);
  return program;
}

function tellCorrupt(deps: ToolchainDeps, program: Program, say: (detail: string) => void): void {
  const line = `${cacheEntry(deps.locations, program).program} is not the file that was put there (TOOL_CORRUPT): getting it again`;
  if (deps.progress) deps.progress.warn(line);
  else say(line);
}

/** Reached when a file changes between two looks at it. */
function neverThere(deps: ToolchainDeps, program: Program): never {
  const path = cacheEntry(deps.locations, program).program;
  throw new PlatformError(
    'TOOL_CORRUPT',
    `${path} was put there just now and does not match its digest`,
    `Something else writes there or the disk fails; remove it and try again: rm -r ${toolCache(deps.locations)}/${program.name}`,
  );
}

/** Runs `work` as the only builder on this cache. */
async function alone(
  deps: ToolchainDeps,
  say: (detail: string) => void,
  deadlineMs: number,
  work: () => Promise<void>,
): Promise<void> {
  const lock = join(toolCache(deps.locations), 'build');
  const holder = `${lock}.pid`;
  const tellHolder = async (): Promise<void> => {
    let pid: string | undefined;
    for (let tries = 0; tries < 20 && pid === undefined; tries += 1) {
      if (tries > 0) await systemClock.sleep(50); // it has the lock, but has not said who it is yet
      pid = (await readTextIfThere(holder))?.trim();
    }
    say(`waiting for the platform command with pid ${pid ?? 'unknown'}, which gets programs`);
  };
  const minutes = String(Math.round(deadlineMs / 60_000));
  const busy = (): Error =>
    new PlatformError(
      'TOOL_TIMEOUT',
      `another platform command still gets programs after ${minutes} minutes`,
      `See which one: ps -p "$(cat ${quote(holder)})"`,
    );
  await withLock(lock, { waitMs: deadlineMs, onWait: () => void tellHolder(), busy }, async () => {
    await writeFileAtomically(holder, `${String((await ownProcess()).pid)}\n`);
    await sweep(deps);
    try {
      await work();
    } finally {
      await remove(holder);
    }
  });
}

/** Only the holder of the lock calls this, so no folder found belongs to a build that lives. */
async function sweep({ locations }: ToolchainDeps): Promise<void> {
  const tools = toolCache(locations);
  for (const name of await listNames(tools, 'directory')) {
    if (name.startsWith(sidePrefix)) await remove(join(tools, name));
  }
}

async function obtain(
  deps: ToolchainDeps,
  missing: readonly Program[],
  say: (detail: string) => void,
  deadlineMs: number,
): Promise<void> {
  if (missing.length === 0) return;
  const side = join(toolCache(deps.locations), `${sidePrefix}${String((await ownProcess()).pid)}`);
  await makeDirectory(side);
  try {
    const { left, attempts } = await download(deps, missing, say, side);
    if (left.length > 0) await build(deps, left, attempts, say, { side, deadlineMs });
  } finally {
    await remove(side);
  }
}

async function download(
  deps: ToolchainDeps,
  programs: readonly Program[],
  say: (detail: string) => void,
  side: string,
): Promise<Fetched> {
  const { downloads } = deps;
  if (downloads === undefined) return { left: programs, attempts: [] };
  const { fetchPrograms } = await import('./fetch/fetch-programs.ts');
  return fetchPrograms({ ...deps, downloads }, programs, say, side);
}

async function build(
  deps: ToolchainDeps,
  programs: readonly Program[],
  attempts: readonly Attempt[],
  say: (detail: string) => void,
  { side, deadlineMs }: { side: string; deadlineMs: number },
): Promise<void> {
  const groups: { readonly go: Go; readonly together: readonly Program[] }[] = [];
  for (const module of new Set(programs.map((program) => program.side))) {
    const together = programs.filter((program) => program.side === module);
    groups.push({ together, go: await goForBuild(deps, together, attempts, module) });
  }
  tellFallThrough(deps, programs, attempts);
  for (const { go, together } of groups) {
    await goBuild(deps, go, together, say, {
      into: side,
      deadlineMs,
      log: buildLog(toolCache(deps.locations)),
    });
  }
  for (const program of programs) {
    const built = join(side, builtName(program.package));
    if (program.name !== builtName(program.package)) await shareFile(built, join(side, program.name));
  }
  for (const program of programs) {
    const from = `${program.package} v${program.version}, with Go ${groups[0]?.go.version ?? ''}`;
    await putIntoCache(cacheEntry(deps.locations, program), join(side, program.name), program.name, {
      source: 'build',
      from,
      digests: {},
    });
  }
}
