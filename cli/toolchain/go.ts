import { join } from 'node:path';
import { PlatformError } from '../errors/platform-error.ts';
import { thisMachine } from '../ports/machine.ts';
import { probe } from '../ports/probe.ts';
import { runWithExeca, type Run } from '../ports/run.ts';
import { findExecutable, type ToolchainDeps } from './resolve-program.ts';
import { compareVersions, versions } from './versions.ts';

/** The Go toolchain of this machine, bound to the committed module that pins every program. */
export interface Go {
  /**
   * Runs `go` in the module's folder.
   *
   * @throws {PlatformError} as {@link Run} does.
   */
  readonly run: (
    args: readonly string[],
    timeoutMs: number,
    onErrorLine?: (line: string) => void,
    /** Added to the environment of this run. */
    env?: Readonly<Record<string, string>>,
  ) => Promise<string>;
  readonly version: string;
}

/**
 * The modules beside the one that pins most programs, each a folder below it: what one needs in other versions than those do
 * would change all of them. `components` pins modules of which only files are taken.
 */
export type SideModule = 'external-secrets' | 'k6' | 'components';

/** Folder of go.mod and go.sum. */
export function goModuleDirectory(
  { home, goModule }: Pick<ToolchainDeps, 'home' | 'goModule'>,
  side?: SideModule,
): string {
  const main = goModule ?? join(home, 'cli', 'toolchain', 'go');
  return side === undefined ? main : join(main, side);
}

/** The Go that PATH holds; its version is undefined when it cannot be asked. */
export async function findGo({
  locations,
}: ToolchainDeps): Promise<{ path: string; version: string | undefined } | undefined> {
  const path = await findExecutable(locations.path, 'go');
  if (path === undefined) return undefined;
  return { path, version: /\bgo(\d+\.\d+(?:\.\d+)?)/.exec((await probe(path, ['version'])) ?? '')?.[1] };
}

/**
 * @param why What cannot be had without Go, to complete the message: `etcd and kwok must be built`.
 * @throws {PlatformError} TOOL_MISSING when Go is not there or older than versions.json asks.
 */
export async function requireGo(deps: ToolchainDeps, why: string, side?: SideModule): Promise<Go> {
  const found = await findGo(deps);
  if (found?.version === undefined || compareVersions(found.version, versions.go) < 0) {
    const state =
      found === undefined ? 'is not on PATH' : `at ${found.path} is ${found.version ?? 'unusable'}`;
    throw new PlatformError(
      'TOOL_MISSING',
      `${why}, and Go ${state} (needed: ${versions.go} or newer)`,
      goHint,
    );
  }
  const { path, version } = found;
  const run: Run = runWithExeca(async () => Promise.resolve(path));
  const cwd = goModuleDirectory(deps, side);
  const env = goEnvironment();
  return {
    version,
    run: async (args, timeoutMs, onErrorLine, more) =>
      (await run({ tool: 'go', args, cwd, env: { ...env, ...more }, timeoutMs, onErrorLine })).stdout,
  };
}

export const goHint =
  'Install Go from https://go.dev/dl/ (or: brew install go), take the programs along from a machine with a network (platform tools mirror --help), or put them into a folder and set PLATFORM_TOOLS_DIR=<folder>';

/** For this machine, with this module's versions and the Go that is here, whatever the user's own settings are. */
function goEnvironment(): Record<string, string> {
  const { os, arch } = thisMachine();
  return {
    CGO_ENABLED: '0',
    GOFLAGS: '-mod=readonly',
    GOTOOLCHAIN: 'local',
    GOWORK: 'off',
    GOOS: os,
    GOARCH: arch,
  };
}
