import { join } from 'node:path';
import { PlatformError } from '../errors/platform-error.ts';
import { writeFileAtomically } from '../ports/files.ts';
import { quote } from '../ports/run.ts';
import { goModuleDirectory, type Go } from './go.ts';
import { linkerFlags } from './go-output.ts';
import { type Program } from './programs.ts';
import type { ToolchainDeps } from './resolve-program.ts';

export interface BuildOptions {
  /** An existing folder that receives the programs, each by the name of its package: see {@link builtName}. */
  readonly into: string;
  /** For counting and building together. */
  readonly deadlineMs: number;
  /** Where the whole output goes when the build fails: absolute. */
  readonly log: string;
}

/** The same for counting and building: Go's cache is keyed by them. */
const flags = (): string[] => ['-trimpath', '-buildvcs=false', '-ldflags', linkerFlags()];

/**
 * Builds programs with one `go build`, which is as fast as it gets: they share most of their packages.
 * Says `412/1903 k8s.io/apiserver/…`: packages begun of those that Go's cache lacks, counted before.
 *
 * @throws {PlatformError} TOOL_BUILD_FAILED with the last 20 lines and the log; DISK_FULL; TOOL_TIMEOUT.
 */
export async function goBuild(
  deps: ToolchainDeps,
  go: Go,
  programs: readonly Program[],
  say: (detail: string) => void,
  { into, deadlineMs, log }: BuildOptions,
): Promise<void> {
  const packages = [...new Set(programs.map((program) => program.package))];
  const output: string[] = [];
  const note = (line: string): void => {
    output.push(line);
    const module = /^go: downloading (\S+) (\S+)/.exec(line);
    if (module) say(`downloading ${module[1] ?? ''} ${module[2] ?? ''}`);
  };
  try {
    say('counting the packages to compile');
    const left = await staleImports(go, packages, deadlineMs, note);
    const counted = countProgress(left, say, packages.length);
    await go.run(['build', '-v', ...flags(), '-o', `${into}/`, ...packages], deadlineMs, (line) => {
      note(line);
      counted(line);
    });
  } catch (error) {
    if (!(error instanceof PlatformError) || error.code !== 'TOOL_FAILED') throw error;
    await writeFileAtomically(log, `${output.join('\n')}\n${error.message}\n`);
    throw buildFailed(deps, packages, programs[0]?.side, error, log);
  }
}

/** Import paths that `go build` would compile; Go tells a program that needs linking only apart from those. */
async function staleImports(
  go: Go,
  packages: readonly string[],
  timeoutMs: number,
  onLine: (line: string) => void,
): Promise<ReadonlySet<string>> {
  const format = '{{if .Stale}}{{.ImportPath}} {{.StaleReason}}{{end}}';
  const listed = await go.run(['list', '-deps', ...flags(), '-f', format, ...packages], timeoutMs, onLine);
  return new Set(
    listed
      .split('\n')
      .filter((line) => line !== '' && !line.endsWith('not installed but available in build cache'))
      .map((line) => line.split(' ')[0] ?? ''),
  );
}

/** Turns the lines of `go build -v` into a count that ends at the number announced. */
export function countProgress(
  left: ReadonlySet<string>,
  say: (detail: string) => void,
  programCount: number,
): (line: string) => void {
  const begun = new Set<string>();
  const linking = `linking ${String(programCount)} program${programCount === 1 ? '' : 's'}`;
  if (left.size === 0) say(linking);
  return (line) => {
    if (!left.has(line) || begun.has(line)) return;
    begun.add(line);
    const count = `${String(begun.size)}/${String(left.size)}`;
    say(begun.size === left.size ? `${count} compiled, ${linking}` : `${count} ${line}`);
  };
}

function buildFailed(
  deps: ToolchainDeps,
  packages: readonly string[],
  side: Program['side'],
  failure: PlatformError,
  log: string,
): PlatformError {
  const stderr = (failure.cause as { stderr?: string } | undefined)?.stderr ?? '';
  const lines = stderr.trimEnd().split('\n');
  if (lines.some((line) => line.includes('no space left on device'))) {
    const advice = `Free some space (see: df -h ${quote(deps.locations.cache)}), or give back what Go keeps: go clean -cache`;
    return new PlatformError('DISK_FULL', 'no space left to build the outside programs', advice, {
      cause: failure,
      log,
    });
  }
  const offline = lines.some((line) =>
    /dial tcp|no such host|i\/o timeout|TLS handshake|proxyconnect|module lookup disabled/.test(line),
  );
  const byHand = `cd ${quote(goModuleDirectory(deps, side))} && go build -o /dev/null ${packages.join(' ')}`;
  return new PlatformError(
    'TOOL_BUILD_FAILED',
    `go build failed:\n${lines.slice(-20).join('\n')}`,
    offline
      ? 'Go cannot reach its module proxy: check the network, or name one that you can reach: export GOPROXY=<url>'
      : `Run it by hand: ${byHand}`,
    { cause: failure, log },
  );
}

/** Where the output of the last failed build lies. */
export function buildLog(tools: string): string {
  return join(tools, 'build.log');
}
