import { basename, join } from 'node:path';
import { PlatformError } from '../errors/platform-error.ts';
import type { Deps } from '../ports/deps.ts';
import { readText, writeFileAtomically } from '../ports/files.ts';
import type { Invocation, RunResult } from '../ports/run.ts';
import { withSideFolder } from '../ports/side-folder.ts';
import { encryptedRegex } from '../render/sops-config.ts';

type SopsDeps = Pick<Deps, 'root' | 'run'>;

/** How sops ends where no key opens a file, and where a file was changed by hand (getsops/sops, cmd/sops/codes). */
const noKey = 128;
const wrongMac = 51;
/** How `sops edit` ends when nothing was changed. */
export const unchangedCode = 200;

const timeoutMs = 60_000;

/**
 * What sops runs with: the key by its file, which no process list and no other program's environment shows, and none of the
 * keys that a person's own settings may name.
 */
export function sopsEnvironment(keyFile: string | undefined): Readonly<Record<string, string | undefined>> {
  return {
    SOPS_AGE_KEY: undefined,
    SOPS_AGE_KEY_CMD: undefined,
    SOPS_AGE_KEY_FILE: keyFile,
    SOPS_AGE_RECIPIENTS: undefined,
    SOPS_DISABLE_VERSION_CHECK: '1',
  };
}

/**
 * Encrypts a manifest for these keys; needs none of the secret halves.
 *
 * @param file Relative to the root: what the manifest is to be called.
 */
export async function encrypt(
  deps: SopsDeps,
  file: string,
  manifest: string,
  recipients: readonly string[],
): Promise<string> {
  const types = ['--input-type', 'yaml', '--output-type', 'yaml', '--filename-override', file];
  const whom = ['--age', recipients.join(','), '--encrypted-regex', encryptedRegex];
  const args = ['encrypt', ...types, ...whom];
  return (await sops(deps, args, { input: manifest })).stdout;
}

/**
 * The manifest in plain text; in memory only.
 *
 * @throws {PlatformError} SECRET_KEY_MISSING when the key does not open it; FILE_UNUSABLE when it was changed by hand.
 */
export async function decrypt(deps: SopsDeps, file: string, keyFile: string): Promise<string> {
  return (await sops(deps, ['decrypt', file], { keyFile, file })).stdout;
}

/**
 * Sets one entry of an encrypted file and leaves the others as they are, byte by byte.
 *
 * @param path Keys from the top of the manifest.
 */
export async function setEntry(
  deps: SopsDeps,
  file: string,
  path: readonly string[],
  value: string,
  keyFile: string,
): Promise<void> {
  await withSideFolder(async (folder) => {
    // sops writes in place, and would leave half a file where it is killed.
    const side = join(folder, basename(file));
    await writeFileAtomically(side, await readText(join(deps.root, file)), 0o600);
    const index = path.map((key) => `[${JSON.stringify(key)}]`).join('');
    await sops(deps, ['set', '--value-stdin', side, index], { keyFile, file, input: JSON.stringify(value) });
    await writeFileAtomically(join(deps.root, file), await readText(side));
  });
}

/** Encrypts a file anew, with a new data key, for these keys and no others. */
export async function reencrypt(
  deps: SopsDeps,
  file: string,
  { from, to }: { readonly from: readonly string[]; readonly to: string },
  keyFile: string,
): Promise<void> {
  const old = from.filter((recipient) => recipient !== to);
  const more = from.includes(to) ? [] : ['--add-age', to];
  const less = old.length === 0 ? [] : ['--rm-age', old.join(',')];
  const { stdout } = await sops(deps, ['rotate', ...more, ...less, file], { keyFile, file });
  await writeFileAtomically(join(deps.root, file), stdout);
}

async function sops(
  deps: SopsDeps,
  args: readonly string[],
  options: Pick<Invocation, 'input'> & { readonly keyFile?: string; readonly file?: string },
): Promise<RunResult> {
  const { keyFile, file = '', input } = options;
  const result = await deps.run({
    tool: 'sops',
    args,
    cwd: deps.root,
    env: sopsEnvironment(keyFile),
    input,
    timeoutMs,
    okExitCodes: [0, noKey, wrongMac],
  });
  if (result.exitCode === noKey) {
    throw new PlatformError(
      'SECRET_KEY_MISSING',
      `the key at ${keyFile ?? ''} does not open ${file}`,
      `Get the key that it is encrypted for from whoever keeps it, and save it with mode 0600 as ${keyFile ?? ''}`,
    );
  }
  if (result.exitCode === wrongMac) {
    throw new PlatformError(
      'FILE_UNUSABLE',
      `${file} was changed by hand after it was encrypted: its checksum is wrong`,
      `git checkout -- ${file}, and change it with: platform secrets set, or: platform secrets edit`,
    );
  }
  return result;
}
