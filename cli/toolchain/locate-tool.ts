import { PlatformError } from '../errors/platform-error.ts';
import type { ToolName } from '../ports/run.ts';
import { ensurePrograms } from './ensure-programs.ts';
import { goHint } from './go.ts';
import { programs } from './programs.ts';
import { findExecutable, type ToolchainDeps } from './resolve-program.ts';

/** How to get the programs that only PATH can give. */
export const pathOnlyHints = {
  git: 'Install git: https://git-scm.com/downloads',
  go: goHint,
  docker: 'Install Docker Engine or Docker Desktop: https://docs.docker.com/get-docker/',
  'ssh-keygen': 'Install the OpenSSH client: apt install openssh-client, dnf install openssh-clients',
} as const satisfies Partial<Record<ToolName, string>>;

/**
 * The absolute path of a program that this one runs. Pinned programs that are nowhere are fetched or built first, and
 * that is said aloud. Versions of git and Go are not asked here (each run would pay for it): `doctor` and the build do.
 *
 * @throws {PlatformError} TOOL_MISSING with how to get it; what {@link ensurePrograms} throws.
 */
export async function locateTool(deps: ToolchainDeps, tool: ToolName): Promise<string> {
  if (tool in pathOnlyHints) {
    const path = await findExecutable([...deps.locations.toolDirectories, ...deps.locations.path], tool);
    if (path !== undefined) return path;
    const hint = pathOnlyHints[tool as keyof typeof pathOnlyHints];
    throw new PlatformError('TOOL_MISSING', `${tool} is not on PATH`, hint);
  }
  const told = new Set<string>();
  const say = (detail: string): void => {
    const version = programs.find(({ name }) => name === tool)?.version ?? '';
    if (!told.has(tool)) deps.progress?.note(`getting ${tool} ${version}, once on this machine …`);
    told.add(tool);
    if (detail.startsWith('waiting')) deps.progress?.note(detail);
  };
  const paths = await ensurePrograms(deps, [tool], say, { check: 'unless-unchanged' });
  return paths[tool];
}

/** {@link locateTool} that looks each program up once: asking one on PATH for its version takes about 40 ms. */
export function toolLocator(deps: ToolchainDeps): (tool: ToolName) => Promise<string> {
  const found = new Map<ToolName, Promise<string>>();
  return async (tool) => {
    const path = found.get(tool) ?? locateTool(deps, tool);
    found.set(tool, path);
    return path.catch((error: unknown) => {
      found.delete(tool);
      throw error;
    });
  };
}
