import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const lookMs = 5_000;

export interface TreeEntry {
  /** `commit` is a submodule. */
  readonly type: 'blob' | 'tree' | 'commit';
  /** As in the commit, whatever letters it has. */
  readonly name: string;
}

/**
 * What a commit has at its top, in the order of git.
 *
 * @param repository The bare repository: absolute.
 * @param env PATH and HOME for git; nothing else of this process's environment reaches it.
 * @returns undefined where git does not say within 5 s, for whatever reason.
 * @see {@link https://git-scm.com/docs/git-ls-tree#_output_format}
 */
export async function readTop(
  { repository, env }: { readonly repository: string; readonly env: Readonly<Record<string, string>> },
  commit: string,
): Promise<TreeEntry[] | undefined> {
  const args = ['--git-dir', repository, 'ls-tree', '-z', commit];
  const looked = await promisify(execFile)('git', args, { env, timeout: lookMs }).catch(() => undefined);
  return looked?.stdout
    .split('\0')
    .filter((entry) => entry !== '')
    .map((entry) => {
      const tab = entry.indexOf('\t');
      return { type: entry.split(' ')[1] as TreeEntry['type'], name: entry.slice(tab + 1) };
    });
}
