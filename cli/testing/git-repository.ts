import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runWithExeca, type Run } from '../ports/run.ts';

/** Runs the programs that are on PATH, and commits as whoever this process is. */
export const plainRun: Run = runWithExeca(async (tool) => Promise.resolve(tool));

const identity = {
  GIT_AUTHOR_NAME: 'A',
  GIT_AUTHOR_EMAIL: 'a@example.com',
  GIT_COMMITTER_NAME: 'A',
  GIT_COMMITTER_EMAIL: 'a@example.com',
};

/** As {@link plainRun}, with a committer that needs no configuration. */
export const gitRun: Run = async (call) => plainRun({ ...call, env: { ...identity, ...call.env } });

/** Runs git in a folder; 1 is an answer, too. */
export async function git(cwd: string, ...args: string[]): Promise<void> {
  await gitRun({ tool: 'git', args, cwd, timeoutMs: 30_000, okExitCodes: [0, 1] });
}

/** Writes `text` to a file and commits that, with the text as the message. */
export async function commitText(root: string, text: string): Promise<void> {
  await writeFile(join(root, 'file'), text);
  await git(root, 'add', '-A');
  await git(root, 'commit', '-q', '-m', text);
}
