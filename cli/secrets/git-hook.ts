import { join } from 'node:path';
import { PlatformError } from '../errors/platform-error.ts';
import type { Deps } from '../ports/deps.ts';
import { readTextIfThere, writeFileAtomically } from '../ports/files.ts';
import { gitIn } from '../ports/git.ts';
import { quote } from '../ports/run.ts';

/** POSIX sh; git runs it in the root of the working tree. */
const hook = `#!/bin/sh
# Refuses a commit that holds a key or a plain secret. Written by: platform secrets check --install-hook
exec ./platform secrets check --staged
`;

/**
 * Lets git ask {@link findRepositorySecrets} before each commit.
 *
 * @returns The hook's path: absolute.
 * @throws {PlatformError} FILE_UNUSABLE when there is another hook: it is somebody's, and stays.
 */
export async function installHook({ root, run }: Pick<Deps, 'root' | 'run'>): Promise<string> {
  const { stdout } = await gitIn(run, root).run(['rev-parse', '--git-path', 'hooks/pre-commit']);
  const named = stdout.trim();
  const path = named.startsWith('/') ? named : join(root, named);
  const found = await readTextIfThere(path);
  if (found !== undefined && found !== hook) {
    throw new PlatformError(
      'FILE_UNUSABLE',
      `there is a pre-commit hook already, and it stays: ${path}`,
      `Add to it: ./platform secrets check --staged  # see: cat ${quote(path)}`,
    );
  }
  await writeFileAtomically(path, hook, 0o755);
  return path;
}
