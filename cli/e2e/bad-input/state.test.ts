import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtProgram, type BuiltProgram } from '../../testing/built-program.ts';
import { atSite, expectRefusal, type Refusal, type Site } from '../../testing/refusal.ts';

// Files of this program, damaged by whatever: no cluster runs.
let program: BuiltProgram;
beforeAll(async () => (program = await builtProgram()), 60_000);
afterAll(async () => program.dispose());

const state = '.local/state/platform/acme';

async function put(site: Site, path: string, content: string, mode = 0o600): Promise<void> {
  const file = join(site.home, path);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(file, content, { mode });
}

const whole = {
  formatVersion: 1,
  engine: 'embedded',
  createdAt: '2026-01-01T00:00:00.000Z',
  versions: {},
  programs: {},
  ports: {},
};

/** A cluster that the clone made before `client` in platform.yaml was changed. */
async function ofOtherClient(site: Site): Promise<void> {
  const folder = '.local/state/platform/old';
  const owned = { formatVersion: 1, root: site.root, rootCommits: [] };
  await put(site, `${folder}/dev/cluster.json`, JSON.stringify(whole));
  await put(site, `${folder}/dev.keep/owner.json`, JSON.stringify(owned));
}

/** A state file with this content; the command that has to read it. */
const unreadable = (
  title: string,
  [path, content]: readonly [path: string, content: string],
  rest: Pick<Refusal, 'says' | 'hint'> & Partial<Refusal>,
): Refusal => ({
  title,
  arrange: async (site) => put(site, path, content),
  args: ['bootstrap', 'dev', '--dry-run'],
  exitCode: 2,
  code: 'STATE_UNREADABLE',
  ...rest,
});

const record = `${state}/dev/cluster.json`;
const journal = `${state}/dev.keep/journal.json`;
const owner = `${state}/dev.keep/owner.json`;
const ageKey = '.config/platform/acme/dev.agekey';
const moveAway = /mv '.*journal\.json' '.*journal\.json\.broken'/;

const records: Refusal[] = [
  unreadable('to delete a cluster of which values do not say whether it is protected', [record, '{'], {
    arrange: async (site) => {
      await put(site, record, JSON.stringify(whole));
      await site.write('clusters/dev/values.yaml', 'protcted: true\n');
    },
    args: ['delete', 'dev', '--confirm=dev'],
    exitCode: 3,
    code: 'PROTECTED',
    place: 'clusters/dev/values.yaml:1:1',
    says: 'whether dev is protected cannot be told, as a value is wrong: protcted is not known',
    hint: 'Add --allow-protected if you mean it, or mend the values first',
  }),
  unreadable('to bootstrap beside the cluster that the clone made for another client', ['unused', ''], {
    arrange: async (site) => ofOtherClient(site),
    code: 'CLIENT_CHANGED',
    says: 'this clone has a cluster of dev that it made while platform.yaml named the client old',
    hint: 'platform delete dev --client old, or write client: old into platform.yaml again to keep it',
  }),
  unreadable('to delete a cluster of a client that never had one', ['unused', ''], {
    arrange: async (site) => ofOtherClient(site),
    args: ['delete', 'dev', '--client=../old', '--confirm=dev'],
    exitCode: 4,
    code: 'CLUSTER_MISSING',
    says: 'no cluster of dev on this machine that was made for the client "../old"',
    hint: 'platform doctor',
  }),
  unreadable('to delete a cluster of another client unasked', ['unused', ''], {
    arrange: async (site) => ofOtherClient(site),
    args: ['delete', 'dev', '--client=old'],
    exitCode: 3,
    code: 'NOT_CONFIRMED',
    says: /Its repository \(.*platform\/old\/dev\.keep/,
    hint: 'platform delete dev --client old --confirm=dev',
    touches: /^home\/\.local\/state/,
  }),
  ...(['status', 'start', 'stop', 'logs', 'deploy'] as const).map((command) =>
    unreadable(`a record of a newer version, to ${command}`, [record, '{"formatVersion":2}'], {
      args: command === 'logs' ? ['logs', 'dev', 'trades'] : [command, 'dev'],
      says: /a newer version of this program wrote .*cluster\.json/,
      hint: 'Update this clone: git pull',
      touches: /^home\/\.local\/state/,
    }),
  ),
  unreadable('to delete a cluster of a newer version', [record, '{"formatVersion":2}'], {
    args: ['delete', 'dev', '--confirm=dev'],
    says: /a newer version of this program wrote/,
    hint: 'git pull',
  }),
  unreadable('to start from a record that is cut off', [record, JSON.stringify(whole).slice(0, 30)], {
    args: ['start', 'dev'],
    says: /cluster\.json is damaged/,
    hint: 'platform delete dev --confirm dev',
  }),
  unreadable('to start from an empty record', [record, ''], {
    args: ['start', 'dev'],
    says: /cluster\.json is damaged/,
    hint: 'platform delete dev --confirm dev',
  }),
  unreadable('to start from a record without its ports', [record, JSON.stringify(whole)], {
    args: ['start', 'dev'],
    says: /cluster\.json is damaged/,
    hint: 'platform delete dev --confirm dev',
  }),
  unreadable('another engine than the recorded one', [record, JSON.stringify(whole)], {
    args: ['bootstrap', 'dev', '--engine', 'kind', '--dry-run'],
    code: 'ENGINE_UNSUPPORTED',
    says: 'runs on the engine embedded, and kind was asked for',
    hint: 'platform delete dev && platform bootstrap dev --engine kind',
  }),
  unreadable('a journal that is cut off', [journal, '{"formatVersion":1,"before":'], {
    says: /journal\.json, is damaged/,
    hint: moveAway,
  }),
  unreadable('an empty journal', [journal, ''], { says: /journal\.json, is damaged/, hint: moveAway }),
  unreadable('a journal that is no object', [journal, 'null'], {
    says: /journal\.json, is damaged/,
    hint: moveAway,
  }),
  unreadable('a journal of another program', [journal, '{"formatVersion":1,"entries":[]}'], {
    says: /journal\.json, is damaged/,
    hint: moveAway,
  }),
  unreadable('a journal of a newer version', [journal, '{"formatVersion":2,"before":{}}'], {
    says: /journal\.json, was written by a newer version/,
    hint: moveAway,
  }),
  unreadable('an owner that is cut off', [owner, '{"formatVersion":1'], {
    says: /owner\.json, is damaged/,
    hint: /rm '.*owner\.json'/,
  }),
  unreadable(
    'the cluster of another repository',
    [owner, `{"formatVersion":1,"root":"/other","rootCommits":["${'1'.repeat(40)}"]}`],
    { code: 'CLUSTER_FOREIGN', says: 'belong to another repository, /other', hint: /Name another client/ },
  ),
  ...Object.entries({
    'that is empty': '',
    'that is something else': '-----BEGIN OPENSSH PRIVATE KEY-----\n',
    'with a typing error': `AGE-SECRET-KEY-1${'Q'.repeat(58)}\n`,
  }).map(([what, content]) =>
    unreadable(`an age key ${what}`, [ageKey, content], {
      says: /dev\.agekey holds no age key/,
      hint: /mv '.*dev\.agekey' '.*dev\.agekey\.broken'/,
    }),
  ),
  unreadable('a repository of the cluster that has lost its commits', ['unused', ''], {
    arrange: async (site) => {
      const bare = `${state}/dev.keep/repository.git`;
      site.git('init', '-q', '--bare', join(site.home, bare));
      await put(site, `${bare}/refs/heads/main`, `${'1'.repeat(40)}\n`);
    },
    args: ['bootstrap', 'dev'],
    code: 'GIT_UNUSABLE',
    says: /the cluster's repository, .*repository\.git, is damaged/,
    hint: /mv '.*' '.*repository\.git\.broken' && platform bootstrap dev/,
    touches: /^(home|clone\/\.git\/(config|index)$)/, // it makes the key and the remote first
  }),
  unreadable('a folder for an age key', [`${ageKey}/x`, ''], {
    code: 'FILE_UNUSABLE',
    says: /dev\.agekey cannot be opened: a folder is where a file has to be/,
    hint: /ls -ld .*dev\.agekey/,
  }),
  unreadable('a folder for the record', [`${record}/x`, ''], {
    args: ['status', 'dev'],
    code: 'FILE_UNUSABLE',
    says: /cluster\.json cannot be opened: a folder is where a file has to be/,
    hint: /ls -ld .*cluster\.json/,
  }),
  unreadable('a file for the state folder', ['.local/state', ''], {
    args: ['bootstrap', 'dev'],
    code: 'FILE_UNUSABLE',
    says: /state.* cannot be (opened|written): .*(ENOTDIR|EEXIST)/,
    hint: /ls -ld/,
  }),
  unreadable('a file for the folder of locks', [`${state}/dev.lock.lock`, ''], {
    args: ['bootstrap', 'dev'],
    code: 'FILE_UNUSABLE',
    says: /dev\.lock\.lock.* cannot be (opened|written): /,
    hint: /ls -ld/,
  }),
];

describe.concurrent('refuses', () => {
  for (const refusal of records) {
    it(refusal.title, async ({ expect }) => expectRefusal(expect, program, refusal));
  }
});

describe.concurrent('can do without', () => {
  it.each([
    ['a readable record, to say what there is', record, '{', ['status', 'dev']],
    ['a readable status', `${state}/dev/run/status.json`, 'null', ['status', 'dev']],
  ])('%s', async (_, path, content, args) =>
    atSite(program, async (site) => {
      await put(site, path, content);
      const { code, stderr } = await site.run(args);
      expect(stderr).not.toMatch(/This is a bug/);
      expect(code, stderr).toBe(1);
    }),
  );

  it.each([
    ['that are valid', async (site: Site) => site.write('clusters/dev/values.yaml', 'sizzing: small\n')],
    ['that are YAML', async (site: Site) => site.write('clusters/dev/values.yaml', '<<<<<<< HEAD\n')],
    ['at all', async (site: Site) => rm(join(site.root, 'clusters/dev'), { recursive: true })],
  ])('values %s, to stop and delete a cluster', async (_, spoil) =>
    atSite(program, async (site) => {
      await put(site, record, JSON.stringify(whole));
      await spoil(site);

      for (const args of [
        ['stop', 'dev'],
        ['delete', 'dev', '--confirm=dev', '--allow-protected'],
      ]) {
        const { code, stderr } = await site.run(args);
        expect(code, stderr).toBe(0);
      }
      expect(existsSync(join(site.home, state, 'dev'))).toBe(false);
    }),
  );
});

it('names a cluster that the clone made for another client, and deletes it', async () =>
  atSite(program, async (site) => {
    await ofOtherClient(site);
    const told = /cluster of dev that it made while .*: platform delete dev --client old/;

    expect((await site.run(['status', 'dev'])).stderr).toMatch(told);
    expect((await site.run(['delete', 'dev', '--confirm=dev'])).stderr).toMatch(told);
    const { code, stderr } = await site.run(['delete', 'dev', '--client=old', '--confirm=dev']);
    expect(code, stderr).toBe(0);

    expect(existsSync(join(site.home, '.local/state/platform/old/dev'))).toBe(false);
    expect((await site.run(['status', 'dev'])).stderr).not.toMatch(told);
  }));
