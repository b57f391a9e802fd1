import { mkdir, rename, rm, symlink } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { builtProgram, type BuiltProgram } from '../../testing/built-program.ts';
import { expectRefusal, type Refusal, type Site } from '../../testing/refusal.ts';

let program: BuiltProgram;
beforeAll(async () => (program = await builtProgram()), 60_000);
afterAll(async () => program.dispose());

const values = 'clusters/dev/values.yaml';
const config = 'templates/apps/trades/overlays/config.yaml.njk';
const overlay = 'apps/trades/overlays/dev';

type Case = Pick<Refusal, 'says' | 'hint'> & Partial<Refusal>;

const names = 'names have only lower-case letters, digits and -';
const unknown = (title: string, args: readonly string[], rest: Partial<Refusal> = {}): Refusal => ({
  title,
  args,
  exitCode: 2,
  code: 'ENVIRONMENT_UNKNOWN',
  says: names,
  hint: /^Did you mean dev\?$/m,
  ...rest,
});

const environments: Refusal[] = [
  unknown('an environment by its path', ['render', '../clusters/dev']),
  unknown('to build an environment by its path', ['build', '../clusters/dev']),
  unknown('a path through another environment', ['build', 'prod/../dev']),
  unknown('an environment as the shell completes its folder', ['validate', 'clusters/dev/']),
  unknown('an environment by an absolute path', ['render', '/etc'], {
    hint: 'Environments: dev, prod, stage',
  }),
  unknown('an environment without a name', ['build', ''], { hint: 'Environments: dev, prod, stage' }),
  unknown('an environment in capitals', ['render', 'DEV']),
  unknown('an environment with a look-alike letter', ['render', 'dеv'], { says: '"dеv"' }),
  unknown('an environment with a control character', ['render', 'd\u001bev'], { says: '"d\\u001bev"' }),
  unknown('an environment that is not there', ['diff', 'devv'], {
    says: `clusters/devv/values.yaml is not there`,
  }),
  unknown('a name of five thousand letters', ['render', 'a'.repeat(5000)], {
    says: /no environment "a{80}…"/,
    hint: 'Environments: dev, prod, stage',
  }),
  unknown('to copy an environment by its path', ['env', 'new', 'x', '--from', '../clusters/dev']),
  unknown('to delete an environment by its path', ['delete', '../dev']),
  unknown('to run the backfill of an environment by its path', ['backfill', 'rerun', './dev']),
];

const wrong = (title: string, args: readonly string[], rest: Case): Refusal => ({
  title,
  args,
  exitCode: 2,
  code: 'NAME_INVALID',
  ...rest,
});
const folder = (title: string, from: string, to: string, rest: Case): Refusal =>
  wrong(title, ['render'], {
    arrange: async ({ root }) => rename(join(root, from), join(root, to)),
    ...rest,
  });

const labels: Refusal[] = [
  wrong('a new app outside of its folder', ['app', 'new', '../x', '--kind', 'service'], {
    says: 'it has "." "/"',
    hint: 'platform app new --kind service x',
  }),
  wrong('a new app in capitals', ['app', 'new', 'News_API', '--kind', 'service'], {
    says: 'it has capital letters; it has "_"',
    hint: 'platform app new --kind service news-api',
  }),
  wrong('a new app with too long a name', ['app', 'new', 'a'.repeat(64), '--kind', 'service'], {
    says: 'it has 64 characters, and at most 63 are allowed',
    hint: `platform app new --kind service ${'a'.repeat(63)}`,
  }),
  wrong('a new app that is there', ['app', 'new', 'trades', '--kind', 'service'], {
    says: 'it is taken: templates/apps/trades is there',
    hint: 'platform app new <another name> --kind service',
  }),
  wrong('a new environment outside of its folder', ['env', 'new', '../../x', '--from', 'dev'], {
    says: 'it has "." "/"',
    hint: 'platform env new --from dev x',
  }),
  wrong('a new environment that begins with a dash', ['env', 'new', '--from', 'dev', '--', '-x'], {
    says: 'it begins or ends with -',
    hint: 'platform env new --from dev x',
  }),
  wrong('a stage outside of its folder', ['backfill', 'rerun', 'dev', '--from', '../x'], {
    code: 'APP_UNKNOWN',
    says: 'backfill has no stage ../x',
    hint: '1-trades, 2-candles, 3-indicators',
  }),
  wrong('an app outside of its folder', ['build', 'dev', '../trades'], {
    code: 'APP_UNKNOWN',
    says: 'dev has no app ../trades',
    hint: 'Did you mean trades?',
  }),
  folder('a folder of an environment that is no DNS label', 'clusters/dev', 'clusters/my_env', {
    says: '"my_env" cannot be an environment',
    hint: 'Rename its folder under clusters/',
  }),
  folder('a folder of an app that is no DNS label', 'templates/apps/trades', 'templates/apps/Trades', {
    says: 'templates/apps/Trades cannot be an app',
    hint: 'git mv templates/apps/Trades templates/apps/<new name>',
  }),
];

/** Puts a link to a place outside of the repository where a file or a folder was, which moves there. */
const linked = (title: string, path: string, rest: Partial<Refusal> = {}): Refusal => ({
  title,
  arrange: async ({ root }) => {
    const outside = join(root, '../outside');
    await rename(join(root, path), outside);
    await symlink(outside, join(root, path));
  },
  args: ['render', 'dev'],
  exitCode: 2,
  code: 'FILE_UNUSABLE',
  place: path,
  says: `${path} is a symbolic link to`,
  hint: `cp -RL ${path} ${path}.copy && rm ${path} && mv ${path}.copy ${path}`,
  ...rest,
});
const link = (title: string, path: string, target: string, rest: Partial<Refusal> = {}): Refusal => ({
  ...linked(title, path, rest),
  arrange: async ({ root }) => {
    await rm(join(root, path), { recursive: true, force: true });
    await symlink(target, join(root, path));
  },
});

const links: Refusal[] = [
  link('values that lie elsewhere', values, '/etc/passwd'),
  link('values that lie nowhere', values, 'nowhere.yaml'),
  link('values that lead to themselves', values, 'values.yaml'),
  link('values without an end', values, '/dev/zero'),
  linked('rendered folders that lie elsewhere', 'apps/trades/overlays'),
  linked('to build from a rendered folder that lies elsewhere', overlay, { args: ['build', 'dev'] }),
  link('to overwrite a folder that lies elsewhere', overlay, '../../../..', { args: ['render', '--force'] }),
  linked('Flux objects that lie elsewhere', 'clusters/dev/flux', { args: ['diff', 'dev'] }),
  linked('a rendered file that lies elsewhere', `${overlay}/config.yaml`),
  linked('a base that lies elsewhere', 'apps/trades/base/deployment.yaml', { args: ['validate', 'dev'] }),
  linked('a template that lies elsewhere', config),
  linked('templates that lie elsewhere', 'templates'),
  linked('all apps elsewhere', 'apps'),
  linked('all environments elsewhere', 'clusters'),
  linked('a platform that lies elsewhere', 'platform.yaml'),
  link('a new environment in a folder that leads elsewhere', 'clusters/x', '../../tmp', {
    args: ['env', 'new', 'x', '--from', 'dev'],
  }),
  link('a new app in a folder that leads elsewhere', 'apps/x', '../../tmp', {
    args: ['app', 'new', 'x', '--kind', 'service'],
  }),
  {
    ...linked('a pipe for values', values),
    arrange: async ({ root }) => {
      await rm(join(root, values));
      execFileSync('mkfifo', [join(root, values)]);
    },
    says: `${values} is neither a file nor a folder`,
    hint: `rm ${values}`,
  },
];

const swap = (title: string, path: string, to: 'file' | 'folder', rest: Partial<Refusal> = {}): Refusal => ({
  title,
  arrange: async (site: Site) => {
    await rm(join(site.root, path), { recursive: true });
    if (to === 'folder') await mkdir(join(site.root, path));
    else await site.write(path, 'hello\n');
  },
  args: ['render', 'dev'],
  exitCode: 2,
  code: 'FILE_UNUSABLE',
  says: to === 'folder' ? 'a folder is where a file has to be' : /\/dev\S* cannot be written/,
  hint: new RegExp(`^See what is there: ls -ld '.*/${path}`, 'm'),
  ...rest,
});

const swapped: Refusal[] = [
  swap('a folder for values', values, 'folder'),
  swap('a folder for platform.yaml', 'platform.yaml', 'folder'),
  swap('a folder for app.yaml', 'templates/apps/trades/app.yaml', 'folder'),
  swap('a folder for a schema', 'templates/apps/trades/values.schema.json', 'folder'),
  swap('a folder for a rendered file', `${overlay}/config.yaml`, 'folder'),
  swap('a file for a rendered folder', overlay, 'file'),
  swap('a file for all rendered folders of an app', dirname(overlay), 'file'),
  swap('a file for the Flux objects', 'clusters/dev/flux', 'file'),
];

const usage = (title: string, args: readonly string[], rest: Case): Refusal => ({
  title,
  args,
  exitCode: 2,
  code: 'USAGE',
  ...rest,
});
const nowhere = { code: 'NOT_A_PLATFORM', hint: 'platform -C <folder>' };

const commandLines: Refusal[] = [
  usage('-C with a folder that is not there', ['-C', 'clusters/nowhere', 'render'], {
    ...nowhere,
    says: '/clusters/nowhere is no folder',
  }),
  usage('-C with a file', ['-C', 'platform.yaml', 'render'], {
    ...nowhere,
    says: '/platform.yaml is no folder',
  }),
  usage('-C with a folder of something else', ['-C', '..', 'render'], {
    ...nowhere,
    says: 'no platform.yaml in',
  }),
  usage('an unknown command', ['rendr'], { says: 'Did you mean render?', hint: 'platform --help' }),
  usage('an unknown flag', ['render', '--chek'], {
    says: 'Did you mean --check?',
    hint: 'platform render --help',
  }),
  usage('an argument too many', ['build', 'dev', 'trades', 'x'], {
    says: 'too many arguments',
    hint: 'platform build --help',
  }),
  usage('an app without its kind', ['app', 'new', 'x'], {
    says: "'--kind <kind>' not specified",
    hint: 'platform app new --help',
  }),
  usage('an app of a kind that does not exist', ['app', 'new', 'x', '--kind', 'daemon'], {
    says: 'Allowed choices are deployment, service, job',
    hint: 'platform app new --help',
  }),
  usage('a negative number of lines', ['logs', 'dev', '--tail', '-1'], {
    says: 'a whole number above 0',
    hint: 'platform logs --help',
  }),
];

describe.concurrent('refuses', () => {
  for (const refusal of [...environments, ...labels, ...links, ...swapped, ...commandLines]) {
    it(refusal.title, async ({ expect }) => expectRefusal(expect, program, refusal));
  }
});
