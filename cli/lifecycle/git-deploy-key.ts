import { join } from 'node:path';
import { PlatformError } from '../errors/platform-error.ts';
import type { Deps } from '../ports/deps.ts';
import { exists, readText, writeFileAtomically } from '../ports/files.ts';
import { quote } from '../ports/run.ts';
import { withSideFolder } from '../ports/side-folder.ts';

/** The key with which Flux reads an `ssh://` remote. `identity` is secret. */
export interface DeployKey {
  readonly identity: string;
  /** One line: what is added to the repository on its host. */
  readonly publicKey: string;
}

/** In milliseconds. */
const keygenMs = 20_000;

/**
 * The environment's deploy key; an ed25519 one is made where there is none.
 *
 * @param path    Absolute; the file is 0600.
 * @param comment Ends the public half: what a person will see in the list of keys.
 * @throws {PlatformError} STATE_UNREADABLE when the file holds no usable key: it is somebody's, and never overwritten.
 */
export async function ensureDeployKey(
  deps: Pick<Deps, 'run'>,
  path: string,
  comment: string,
): Promise<DeployKey & { made: boolean }> {
  const kept = await readDeployKey(deps, path);
  if (kept) return { ...kept, made: false };
  await withSideFolder(async (side) => {
    const file = join(side, 'key');
    await deps.run({
      tool: 'ssh-keygen',
      args: ['-q', '-t', 'ed25519', '-N', '', '-C', comment, '-f', file],
      timeoutMs: keygenMs,
    });
    await writeFileAtomically(path, await readText(file), 0o600);
  });
  const made = await readDeployKey(deps, path);
  if (!made) throw new Error(`${path} was written and is not there`);
  return { ...made, made: true };
}

/**
 * @returns undefined when there is no key file.
 * @throws {PlatformError} STATE_UNREADABLE when ssh would not take it: damaged, with a passphrase, or open to others.
 */
export async function readDeployKey(
  { run }: Pick<Deps, 'run'>,
  path: string,
): Promise<DeployKey | undefined> {
  if (!(await exists(path))) return undefined;
  const { exitCode, stdout, stderr } = await run({
    tool: 'ssh-keygen',
    args: ['-y', '-P', '', '-f', path],
    timeoutMs: keygenMs,
    okExitCodes: [0, 1, 255],
  });
  const publicKey = stdout.trim();
  if (exitCode === 0 && /^ssh-\S+ \S+/.test(publicKey)) return { identity: await readText(path), publicKey };
  const open = /permissions|unprotected/i.test(stderr);
  throw new PlatformError(
    'STATE_UNREADABLE',
    open
      ? `the deploy key ${path} can be read by others, and ssh takes no such key`
      : `${path} holds no ssh key without a passphrase, or a damaged one`,
    open
      ? `chmod 600 ${quote(path)}`
      : `Bring the key back from where you keep it. To have a new one made: mv ${quote(path)} ${quote(`${path}.broken`)}`,
  );
}
