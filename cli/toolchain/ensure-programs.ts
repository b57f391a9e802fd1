import { join } from 'node:path';
import { PlatformError } from '../errors/platform-error.ts';
import { systemClock } from '../ports/clock.ts';
import { listNames, makeDirectory, readTextIfThere, remove, writeFileAtomically } from '../ports/files.ts';
import { withLock } from '../ports/lock.ts';
import { ownProcess } from '../ports/processes.ts';
import { quote } from '../ports/run.ts';
import { cacheEntry, putIntoCache, toolCache } from './cache.ts';
import { buildLog, goBuild } from './go-build.ts';
import { requireGo } from './go.ts';
import { builtName, programs as pinnedPrograms, type Program } from './programs.ts';
import { resolveProgram, type Resolution, type ToolchainDeps } from './resolve-program.ts';

export interface EnsureOptions {
  /** Which programs there are; versions.json's by default. */
  readonly programs?: readonly Program[];
  /** For a build, and as much for waiting while somebody else builds. Default: 60 minutes. */
  readonly deadlineMs?: number;
  /** `unless-unchanged` trusts a file that was checked before and not touched since. Default: `full`. */
  readonly check?: 'full' | 'unless-unchanged';
}

/** The prefix of folders that a build fills; whatever a killed one left behind is found by it. */
const sidePrefix = '.building-';

/**
 * Gives the absolute path of each program, and builds those that are nowhere. Only one process per cache builds; others
 * wait for it and take what it made. A build that dies leaves nothing that counts.
 *
 * @param names As in programs.ts.
 * @param say   Replaces the detail shown beside the running step: what is compiled, whom it waits for.
 * @throws {PlatformError} TOOL_MISSING without a usable Go, TOOL_BUILD_FAILED, TOOL_TIMEOUT, DISK_FULL.
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
      await build(deps, missing, say, deadlineMs);
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
  const line = `${cacheEntry(deps.locations, program).program} is not the file that was put there (TOOL_CORRUPT): building it again`;
  if (deps.progress) deps.progress.warn(line);
  else say(line);
}

/** Reached when a file changes between two looks at it. */
function neverThere(deps: ToolchainDeps, program: Program): never {
  const path = cacheEntry(deps.locations, program).program;
  throw new PlatformError(
    'TOOL_CORRUPT',
    `${path} was built just now and does not match its digest`,
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
    say(`waiting for the platform command with pid ${pid ?? 'unknown'}, which builds programs`);
  };
  const minutes = String(Math.round(deadlineMs / 60_000));
  const busy = (): Error =>
    new PlatformError(
      'TOOL_TIMEOUT',
      `another platform command still builds programs after ${minutes} minutes`,
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

async function build(
  deps: ToolchainDeps,
  resolutions: readonly Resolution[],
  say: (detail: string) => void,
  deadlineMs: number,
): Promise<void> {
  const missing = resolutions.map(({ program }) => program);
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => name).join(', ');
  const go = await requireGo(deps, `${names} must be built`);
  const tools = toolCache(deps.locations);
  const side = join(tools, `${sidePrefix}${String((await ownProcess()).pid)}`);
  await makeDirectory(side);
  try {
    await goBuild(deps, go, missing, say, { into: side, deadlineMs, log: buildLog(tools) });
    for (const program of missing) {
      const entry = cacheEntry(deps.locations, program);
      await putIntoCache(entry, join(side, builtName(program.package)), program.name);
    }
  } finally {
    await remove(side);
  }
}
