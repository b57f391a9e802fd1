import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtProgram, type BuiltProgram } from '../../testing/built-program.ts';
import { atSite, digestsIn, type Site } from '../../testing/refusal.ts';

let program: BuiltProgram;
beforeAll(async () => (program = await builtProgram()), 60_000);
afterAll(async () => program.dispose());

/** Only root may mount a small disk, and not in every container. */
function mayMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'platform-may-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4k', 'tmpfs', folder], { stdio: 'ignore' });
    execFileSync('umount', [folder]);
    return true;
  } catch {
    console.log('the tests of a full disk are skipped: this user may not mount a tmpfs here');
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Puts a folder on a disk of its own with that much room left, in KB, and takes the disk away after the work. */
async function onSmallDisk(folder: string, roomKb: number, work: () => Promise<void>): Promise<void> {
  const side = `${folder}.side`;
  mkdirSync(folder, { recursive: true });
  cpSync(folder, side, { recursive: true, verbatimSymlinks: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m,mode=700', 'tmpfs', folder]);
  try {
    cpSync(side, folder, { recursive: true, verbatimSymlinks: true });
    rmSync(side, { recursive: true });
    const free = Number(execFileSync('df', ['--output=avail', folder], { encoding: 'utf8' }).split('\n')[1]);
    writeFileSync(join(folder, 'ballast'), Buffer.alloc((free - roomKb) * 1024));
    await work();
  } finally {
    execFileSync('umount', [folder]);
  }
}

/** The folder that is on the full disk, and a command that has to write to it. */
const commands: Record<
  string,
  { folder: (site: Site) => string; args: string[]; where: RegExp; roomKb?: number }
> = {
  'render of the last file': {
    folder: ({ root }) => join(root, 'apps'),
    args: ['render', 'dev'],
    where: /the rendered files/,
    roomKb: 4,
  },
  'a new app': {
    folder: ({ root }) => join(root, 'templates'),
    args: ['app', 'new', 'x', '--kind', 'deployment'],
    where: /no space left to write .*/,
  },
  'a new environment': {
    folder: ({ root }) => join(root, 'clusters'),
    args: ['env', 'new', 'qa', '--from', 'dev'],
    where: /no space left to write .*/,
  },
  'an edit of values': {
    folder: ({ root }) => join(root, 'clusters'),
    args: ['backfill', 'rerun', 'dev'],
    where: /no space left to write .*/,
  },
  'a copy of the last commit': {
    folder: ({ root }) => join(root, '../tmp'),
    args: ['diff', 'dev'],
    where: /no space left to write .*/,
  },
  'the age key': {
    folder: ({ home }) => join(home, '.config'),
    args: ['bootstrap', 'dev'],
    where: /dev\.agekey/,
  },
  'the state of a cluster': {
    folder: ({ home }) => join(home, '.local/state'),
    args: ['bootstrap', 'dev'],
    where: /owner\.json/,
  },
};

describe.runIf(mayMount())('a full disk', () => {
  it.each(Object.entries(commands))(
    'refuses %s, and leaves no half of it',
    async (_, { folder, args, where, roomKb = 0 }) =>
      atSite(program, async (site) => {
        await site.edit('clusters/dev/values.yaml', 'sizing: small', 'sizing: production');
        await onSmallDisk(folder(site), roomKb, async () => {
          const whole = join(site.root, '..');
          const except = /^home\/\.(local|config)(\/|$)/; // what earlier steps made stays
          const before = digestsIn(whole, except);
          const { code, stdout, stderr } = await site.run(args);
          expect.soft(stderr).toContain('code DISK_FULL');
          expect.soft(stderr).toMatch(/no space left/);
          expect.soft(stderr).toMatch(where);
          expect.soft(stderr).toMatch(/→ df -h/);
          expect.soft({ code, stdout }, stderr).toEqual({ code: 2, stdout: '' });
          expect.soft(digestsIn(whole, except)).toEqual(before);
          expect.soft(Object.keys(digestsIn(whole)).filter((path) => /\.tmp$|~/.test(path))).toEqual([]);
        });
      }),
  );
});
