import { PlatformError } from '../errors/platform-error.ts';
import { summarise, type Attempt } from './fetch/attempt.ts';
import { sourcesFrom } from './fetch/sources.ts';
import { goHint, requireGo, type Go, type SideModule } from './go.ts';
import type { Program } from './programs.ts';
import type { ToolchainDeps } from './resolve-program.ts';

/** What helps where neither a download nor Go does. */
const noSourceHint = `Check the network (proxies: HTTPS_PROXY, NO_PROXY). Or: ${goHint}`;

/**
 * The Go that builds what nothing else gave.
 *
 * @param attempts What was tried before: part of the error.
 * @param side     The module that pins them.
 * @throws {PlatformError} TOOL_MISSING without a usable Go, or where PLATFORM_TOOLS_SOURCES leaves building out.
 */
export async function goForBuild(
  deps: ToolchainDeps,
  programs: readonly Pick<Program, 'name'>[],
  attempts: readonly Attempt[],
  side?: SideModule,
): Promise<Go> {
  const names = programs.map(({ name }) => name).join(', ');
  if (!mayBuild(deps)) {
    const message = `${names} cannot be downloaded, and PLATFORM_TOOLS_SOURCES leaves out to build`;
    throw noSource(message, attempts);
  }
  return requireGo(deps, `${names} must be built`, side).catch((error: unknown) => {
    const without = error instanceof PlatformError && error.code === 'TOOL_MISSING';
    throw without && attempts.length > 0 ? noSource(error.message, attempts) : error;
  });
}

export function mayBuild({ downloads }: ToolchainDeps): boolean {
  return downloads === undefined || sourcesFrom(downloads.settings).includes('build');
}

/** TOOL_MISSING with each source that was tried, and why it failed. */
export function noSource(message: string, attempts: readonly Attempt[]): PlatformError {
  const details = summarise(attempts).map((line) => ({ message: line }));
  return new PlatformError('TOOL_MISSING', message, noSourceHint, { details });
}

/** Says why programs are built, which takes minutes, although they could be downloaded in seconds elsewhere. */
export function tellFallThrough(
  { progress }: ToolchainDeps,
  programs: readonly Pick<Program, 'name'>[],
  attempts: readonly Attempt[],
): void {
  if (attempts.length === 0) return;
  const reasons = [...new Set(attempts.map(({ reason }) => reason))];
  const more = reasons.length > 2 ? `; and ${String(reasons.length - 2)} more reasons` : '';
  progress?.note(
    `building ${String(programs.length)} programs, for they cannot be downloaded: ${reasons.slice(0, 2).join('; ')}${more}`,
  );
}
