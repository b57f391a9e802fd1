import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
} from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ExpectStatic } from 'vitest';
import type { BuiltProgram } from './built-program.ts';

/** A copy of the repository for one case, and the empty home of the person who works in it. */
export interface Site {
  readonly root: string;
  readonly home: string;
  readonly git: (...args: string[]) => string;
  /** Replaces the one place in a file that reads `from`. */
  readonly edit: (path: string, from: string, to: string) => Promise<void>;
  readonly write: (path: string, content: string | Buffer) => Promise<void>;
  /** Runs the program in the root, with the home and a temporary folder of the site. */
  readonly run: BuiltProgram['run'];
}

/** One wrong thing, and what the program has to say about it. */
export interface Refusal {
  /** Completes "refuses …". */
  readonly title: string;
  readonly arrange?: (site: Site) => Promise<unknown>;
  readonly args: readonly string[];
  readonly env?: (site: Site) => NodeJS.ProcessEnv;
  /** Where the program is started; the root of the repository by default. */
  readonly from?: (site: Site) => string;
  readonly exitCode: number;
  /** Of the error, or of one of the findings. */
  readonly code: string;
  /** `clusters/dev/values.yaml:5:13`, exactly as shown; absent where no file is at fault. */
  readonly place?: string;
  readonly says: RegExp | string;
  readonly hint: RegExp | string;
  /** Paths that the command may make or change all the same, from the folder of clone and home: `home/.local/state`. */
  readonly touches?: RegExp;
}

/**
 * Runs the command off a terminal and checks code, place, reason, hint and exit code; that no stack is shown; and that every
 * file of the repository (with git's), of the home and of the temporary folder is byte for byte what it was before.
 *
 * @param expect The test's own: cases run at the same time.
 */
export async function expectRefusal(
  expect: ExpectStatic,
  program: BuiltProgram,
  refusal: Refusal,
): Promise<void> {
  await atSite(program, async (site) => {
    await refusal.arrange?.(site);
    const folder = dirname(site.root);
    const before = digestsIn(folder, refusal.touches);
    const { code, stdout, stderr } = await site.run(refusal.args, {
      ...(refusal.from === undefined ? {} : { cwd: refusal.from(site) }),
      ...(refusal.env === undefined ? {} : { env: refusal.env(site) }),
    });

    const said = `${stdout}${stderr}`;
    expect(said).not.toMatch(/\n {4}at |This is a bug/);
    const place = refusal.place === undefined ? '' : `${refusal.place} `;
    expect.soft(said).toContain(place);
    expect.soft(said).toContain(refusal.code);
    expect.soft(said).toMatch(patternOf(refusal.says));
    expect.soft(hintsIn(said)).toMatch(patternOf(refusal.hint));
    expect.soft(code, said).toBe(refusal.exitCode);
    expect.soft(digestsIn(folder, refusal.touches)).toEqual(before);
  });
}

/** Lends a site of its own, for what looks wrong and has to work. */
export async function atSite(program: BuiltProgram, work: (site: Site) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(program.root, '..', 'site '));
  try {
    await work(makeSite(program, folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function patternOf(wanted: RegExp | string): RegExp {
  return typeof wanted === 'string' ? new RegExp(wanted.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')) : wanted;
}

/** Everything that stands behind an arrow. */
function hintsIn(said: string): string {
  return [...said.matchAll(/(?:→|->) (.*)/g)].map(([, hint]) => hint).join('\n');
}

function makeSite(program: BuiltProgram, folder: string): Site {
  const [root, home] = [join(folder, 'clone'), join(folder, 'home')];
  for (const path of [home, join(folder, 'tmp')]) mkdirSync(path);
  const skipped = ['dist', 'cli', 'node_modules'].map((name) => join(program.root, name));
  cpSync(program.root, root, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !skipped.includes(path),
  });
  return {
    root,
    home,
    git: (...args) =>
      execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.test', ...args], {
        cwd: root,
        encoding: 'utf8',
        env: {
          PATH: process.env['PATH'],
          HOME: home,
          GIT_CONFIG_GLOBAL: '/dev/null',
          GIT_CONFIG_NOSYSTEM: '1',
        },
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    edit: async (path, from, to) => {
      const text = await readFile(join(root, path), 'utf8');
      if (text.split(from).length !== 2)
        throw new Error(`${path} does not hold ${JSON.stringify(from)} once`);
      await writeFile(
        join(root, path),
        text.replace(from, () => to),
      );
    },
    write: async (path, content) => {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), content);
    },
    run: async (args, { cwd = root, env, ...rest } = {}) =>
      program.run(args, { cwd, env: { HOME: home, TMPDIR: join(folder, 'tmp'), ...env }, ...rest }),
  };
}

/** Path → mode and digest of every file, mode of every folder, target of every link. */
export function digestsIn(folder: string, except?: RegExp): Record<string, string> {
  const found: Record<string, string> = {};
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    if (except?.test(path) === true) continue;
    const entry = lstatSync(join(folder, path));
    const mode = (entry.mode & 0o7777).toString(8);
    if (entry.isSymbolicLink()) found[path] = `link ${readlinkSync(join(folder, path))}`;
    else if (entry.isFile())
      found[path] = `${mode} ${createHash('sha256')
        .update(readFileSync(join(folder, path)))
        .digest('hex')}`;
    else found[path] = `${mode} ${entry.isDirectory() ? 'folder' : 'other'}`;
  }
  return found;
}
