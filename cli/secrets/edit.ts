import { join } from 'node:path';
import { PlatformError } from '../errors/platform-error.ts';
import { keptFiles } from '../lifecycle/kept-files.ts';
import type { Deps } from '../ports/deps.ts';
import { withSideFolder } from '../ports/side-folder.ts';
import { loadEnvironment } from '../values/load-environment.ts';
import { findSecret } from './find-secret.ts';
import { requireAgeKey } from './require-age-key.ts';
import { readSecretFiles } from '../validate/secret-files.ts';
import { sopsEnvironment, unchangedCode } from './sops.ts';

/**
 * Opens a Secret in the user's editor, decrypted, and encrypts what was saved for the same keys. The plain text lies in a
 * folder of its own meanwhile, readable by its owner only; where this program is killed, the next one removes it.
 *
 * @returns Whether it was changed, and the file, relative to the root.
 * @throws {PlatformError} SECRET_MISSING, SECRET_KEY_MISSING, TOOL_FAILED; USAGE where standard input, output or error is no terminal,
 *   unless EDITOR names a program.
 */
export async function editSecret(
  deps: Deps,
  environment: string,
  name: string,
  namespace: string | undefined,
): Promise<{ readonly file: string; readonly changed: boolean }> {
  const { client } = await loadEnvironment(deps, environment);
  const { file } = findSecret(await readSecretFiles(deps.root, environment), environment, name, namespace);
  const { ageKey } = keptFiles(deps.locations, client, environment);
  await requireAgeKey(environment, ageKey);
  const { canAsk, outIsTerminal } = deps.terminal;
  if (!(canAsk && outIsTerminal) && deps.locations.editor === undefined) {
    throw new PlatformError(
      'USAGE',
      'an editor needs a terminal, and this is none; what it would show is secret, too',
      `platform secrets set ${environment} ${name} <key> < <file>, or name a program that edits by itself: EDITOR=<command>`,
    );
  }
  const code = await withSideFolder(async (folder) =>
    deps.attach(
      {
        tool: 'sops',
        args: ['edit', join(deps.root, file.path)],
        env: { ...sopsEnvironment(ageKey), TMPDIR: folder },
      },
      !outIsTerminal, // a screenful of plain text belongs into no pipe and no log
    ),
  );
  if (code === 0 || code === unchangedCode) return { file: file.path, changed: code === 0 };
  throw new PlatformError(
    'TOOL_FAILED',
    `sops ended with exit code ${code}; ${file.path} is as it was`,
    'See what it said above. It opens the editor that EDITOR names',
  );
}
