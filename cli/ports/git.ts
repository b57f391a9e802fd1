import type { PlatformError } from '../errors/platform-error.ts';
import type { Run, RunResult } from './run.ts';

const localMs = 60_000;
const networkMs = 300_000;

/** git in one repository; every method is one call of the real program. */
export interface Git {
  /** Any git command; see {@link Run} for what it throws. */
  run(
    args: readonly string[],
    options?: {
      okExitCodes?: readonly number[];
      input?: string;
      timeoutMs?: number;
      /** `undefined` takes a variable away. */
      env?: Readonly<Record<string, string | undefined>>;
    },
  ): Promise<RunResult>;
  /** The full hash of a revision, or undefined where it names nothing. */
  revParse(revision: string): Promise<string | undefined>;
  /** The checked-out branch; undefined when HEAD is detached. */
  branch(): Promise<string | undefined>;
  /**
   * HEAD, its branch and the paths of {@link changedPaths}, by one call.
   *
   * @returns Without `head` where there is no commit yet, without `branch` when HEAD is detached.
   */
  position(): Promise<{ head: string | undefined; branch: string | undefined; changed: string[] }>;
  /** Paths with changes that are not committed (also untracked ones), relative to the repository root. */
  changedPaths(pathspecs?: readonly string[]): Promise<string[]>;
  /** How many commits `to` has that `from` lacks. */
  countCommits(from: string, to: string): Promise<number>;
  /** Commits that `to` has and `from` lacks, and the other way round; undefined where git does not have one of the two. */
  distance(from: string, to: string): Promise<{ ahead: number; behind: number } | undefined>;
  isAncestor(ancestor: string, descendant: string): Promise<boolean>;
  push(remote: string, refspec: string): Promise<RunResult>;
}

/**
 * Variables that git sets for hooks and aliases (`git rev-parse --local-env-vars`): they would point our calls at the
 * repository of whoever called us. Looking takes no lock, which would make a git command of the user fail. The messages
 * that this program reads are asked for in English.
 */
const cleanEnvironment = {
  GIT_ALTERNATE_OBJECT_DIRECTORIES: undefined,
  GIT_COMMON_DIR: undefined,
  GIT_DIR: undefined,
  GIT_INDEX_FILE: undefined,
  GIT_LITERAL_PATHSPECS: undefined,
  GIT_NAMESPACE: undefined,
  GIT_OBJECT_DIRECTORY: undefined,
  GIT_PREFIX: undefined,
  GIT_QUARANTINE_PATH: undefined,
  GIT_SHALLOW_FILE: undefined,
  GIT_WORK_TREE: undefined,
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TERMINAL_PROMPT: '0',
  LC_ALL: 'C',
};

const allFiles = ['--no-renames', '--untracked-files=all'];

/** Fields before the path in an entry of `git status --porcelain=v2`, by its first letter; headers have no path. */
const fieldsBefore: Readonly<Record<string, number>> = { '1': 8, u: 10, '?': 1 };

function pathOfEntry(entry: string): string[] {
  const fields = fieldsBefore[entry[0] ?? ''];
  return fields === undefined ? [] : [entry.split(' ').slice(fields).join(' ')];
}

/** @param directory The work tree's root, or a bare repository: absolute. */
export function gitIn(run: Run, directory: string): Git {
  const git: Git['run'] = async (args, options = {}) =>
    run({
      tool: 'git',
      args,
      cwd: directory,
      env: options.env === undefined ? cleanEnvironment : { ...cleanEnvironment, ...options.env },
      timeoutMs: options.timeoutMs ?? localMs,
      ...(options.okExitCodes === undefined ? {} : { okExitCodes: options.okExitCodes }),
      ...(options.input === undefined ? {} : { input: options.input }),
    });
  return {
    run: git,
    revParse: async (revision) => {
      const { stdout, exitCode } = await git(['rev-parse', '--verify', '--quiet', `${revision}^{commit}`], {
        okExitCodes: [0, 1, 128],
      });
      return exitCode === 0 ? stdout.trim() : undefined;
    },
    branch: async () => {
      const { stdout, exitCode } = await git(['symbolic-ref', '--quiet', '--short', 'HEAD'], {
        okExitCodes: [0, 1],
      });
      return exitCode === 0 ? stdout.trim() : undefined;
    },
    position: async () => {
      const { stdout } = await git(['status', '--porcelain=v2', '--branch', '-z', ...allFiles]);
      const entries = stdout.split('\0').filter((entry) => entry !== '');
      const header = (name: string): string | undefined =>
        entries.find((entry) => entry.startsWith(`# ${name} `))?.slice(name.length + 3);
      const [head, branch] = [header('branch.oid'), header('branch.head')];
      return {
        head: head === '(initial)' ? undefined : head,
        branch: branch === '(detached)' ? undefined : branch,
        changed: entries.flatMap(pathOfEntry),
      };
    },
    changedPaths: async (pathspecs = []) => {
      const { stdout } = await git(['status', '--porcelain=v1', '-z', ...allFiles, '--', ...pathspecs]);
      return stdout
        .split('\0')
        .filter((entry) => entry !== '')
        .map((entry) => entry.slice(3));
    },
    countCommits: async (from, to) => {
      const { stdout } = await git(['rev-list', '--count', `${from}..${to}`]);
      return Number(stdout.trim());
    },
    distance: async (from, to) => {
      const args = ['rev-list', '--count', '--left-right', `${from}...${to}`];
      const { stdout, exitCode } = await git(args, { okExitCodes: [0, 128] });
      const [behind, ahead] = stdout.trim().split('\t').map(Number);
      return exitCode === 0 && ahead !== undefined && behind !== undefined ? { ahead, behind } : undefined;
    },
    isAncestor: async (ancestor, descendant) => {
      const { exitCode } = await git(['merge-base', '--is-ancestor', ancestor, descendant], {
        okExitCodes: [0, 1, 128],
      });
      return exitCode === 0;
    },
    push: async (remote, refspec) => git(['push', remote, refspec], { timeoutMs: networkMs }),
  };
}

/** True for what git says when the other side has commits that we lack. */
export function isRejectedPush(error: PlatformError): boolean {
  return error.code === 'TOOL_FAILED' && /\[rejected\]|non-fast-forward|fetch first/.test(error.message);
}
