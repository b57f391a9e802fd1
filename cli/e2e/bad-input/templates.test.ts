import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { builtProgram, type BuiltProgram } from '../../testing/built-program.ts';
import { expectRefusal, type Refusal } from '../../testing/refusal.ts';

let program: BuiltProgram;
beforeAll(async () => (program = await builtProgram()), 60_000);
afterAll(async () => program.dispose());

const config = 'templates/apps/trades/overlays/config.yaml.njk';

/** A template of trades in the place of its ConfigMap. */
const template = (
  title: string,
  content: string | Buffer,
  rest: Pick<Refusal, 'says'> & Partial<Refusal>,
): Refusal => ({
  title,
  arrange: async (site) => site.write(config, content),
  args: ['render', 'dev'],
  exitCode: 2,
  code: 'TEMPLATE_FAILED',
  hint: `Edit ${config}`,
  ...rest,
});
const head = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: trades, namespace: ml }\n';
const other = head.replace('trades', 'other');

const templates: Refusal[] = [
  template('a name that no value has', `${head}data: { A: #{ app.topik | dump }# }\n`, {
    place: `${config}:4:18`,
    says: 'app.topik is not among the values',
  }),
  template('a misspelt name in an if', `${head}#% if app.kafka.brokre %#\n#% endif %#\n`, {
    place: `${config}:4:16`,
    says: 'did you mean broker?',
  }),
  template('a misspelt name in a for', `${head}#% for id in app.productId %#\n#% endfor %#\n`, {
    place: `${config}:4:17`,
    says: 'did you mean productIds?',
  }),
  template('a block that is never closed', `${head}#% if app.replicas %#\ndata: {}\n`, { says: /if|block/ }),
  template('a block that was never opened', `${head}#% endif %#\n`, { place: `${config}:4`, says: /endif/ }),
  template('a filter that does not exist', `${head}data: { A: #{ app.kafka.topic | dmp }# }\n`, {
    place: `${config}:4:33`,
    says: 'the filter dmp is not allowed',
  }),
  template('a list without dump', `${head}data: { A: #{ app.productIds }# }\n`, {
    place: `${config}:4:18`,
    says: /dump/,
  }),
  template('text without dump', `${head}data: { A: #{ app.kafka.topic }# }\n`, {
    place: `${config}:4:24`,
    says: /dump/,
  }),
  template('an include', `#% include "../../../../platform.yaml" %#\n`, {
    place: `${config}:1:4`,
    says: 'this is Include',
  }),
  template('code', `${head}data: { A: #{ app.constructor.constructor("return process")() }# }\n`, {
    place: `${config}:4:60`,
    says: 'FunCall is not allowed',
  }),
  template('a loop over numbers without end', `${head}#% for i in range(100000000) %#\n#% endfor %#\n`, {
    place: `${config}:4:18`,
    says: 'FunCall is not allowed',
  }),
  template('nothing', '#* only a comment *#\n', { place: config, says: 'renders nothing' }),
  template('what is no YAML', `${head}data:\n  A: 1\n B: 2\n`, { place: config, says: /no YAML.*B: 2/ }),
  template('what is no UTF-8', Buffer.from(`${head}data: { A: "\xff" }\n`, 'latin1'), {
    place: `${config}:4:13`,
    says: 'not UTF-8 text',
  }),
  {
    title: 'a file among the templates that is none',
    arrange: async (site) => site.write('templates/apps/trades/overlays/config.yaml', head),
    args: ['render', 'dev'],
    exitCode: 2,
    code: 'TEMPLATE_FAILED',
    place: 'templates/apps/trades/overlays/config.yaml',
    says: 'would appear in no overlay',
    hint: /^git mv \S+config\.yaml \S+config\.yaml\.njk$/m,
  },
  {
    title: 'an app without its schema',
    arrange: async (site) => rm(join(site.root, 'templates/apps/trades/values.schema.json')),
    args: ['render', 'dev'],
    exitCode: 2,
    code: 'TEMPLATE_FAILED',
    says: 'values.schema.json',
    hint: /./,
  },
  {
    title: 'a schema that is no JSON',
    arrange: async (site) => site.write('templates/apps/trades/values.schema.json', '{ "type": object }\n'),
    args: ['render', 'dev'],
    exitCode: 2,
    code: 'TEMPLATE_FAILED',
    place: 'templates/apps/trades/values.schema.json:1:11',
    says: 'no JSON: Unresolved plain scalar "object"',
    hint: 'templates/apps/trades/values.schema.json',
  },
  {
    title: 'a schema by which an app can never be on',
    arrange: async (site) =>
      site.write('templates/apps/trades/values.schema.json', '{ "type": "object", "properties": {} }\n'),
    args: ['render', 'dev'],
    exitCode: 2,
    code: 'TEMPLATE_FAILED',
    says: 'no property "enabled"',
    hint: 'templates/apps/trades/values.schema.json',
  },
  {
    title: 'an app description that is broken',
    arrange: async (site) => site.write('templates/apps/trades/app.yaml', 'kind: daemon\n'),
    args: ['render', 'dev'],
    exitCode: 2,
    code: 'TEMPLATE_FAILED',
    place: 'templates/apps/trades/app.yaml:1:7',
    says: /kind/,
    hint: 'templates/apps/trades/app.yaml',
  },
  {
    title: 'a rendered file that was edited by hand',
    arrange: async (site) => site.edit('apps/trades/overlays/dev/config.yaml', '"trades"', '"tradez"'),
    args: ['render', 'dev'],
    exitCode: 2,
    code: 'RENDERED_FILE_EDITED',
    place: 'apps/trades/overlays/dev/config.yaml:14',
    says: 'edited by hand',
    hint: 'platform render dev --force',
  },
];

const base = 'apps/trades/base/deployment.yaml';
const list = 'apps/trades/base/kustomization.yaml';
const more = 'apps/trades/base/more.yaml';

/** One more file in the base of trades, which builds and is refused by `validate`. */
const object = (
  title: string,
  content: string,
  rest: Pick<Refusal, 'says' | 'code'> & Partial<Refusal>,
): Refusal => ({
  title,
  arrange: async (site) => {
    await site.write(more, content);
    await site.edit(list, 'resources:\n', 'resources:\n  - more.yaml\n');
  },
  args: ['validate', 'dev'],
  exitCode: 1,
  hint: /./,
  ...rest,
});
const build = { args: ['build', 'dev'], code: 'BUILD_FAILED', exitCode: 2 };

const manifests: Refusal[] = [
  object('an object without a kind', 'apiVersion: v1\nmetadata: { name: a }\n', {
    ...build,
    place: more,
    says: 'missing kind in an object',
  }),
  object('an object without a name', 'apiVersion: v1\nkind: ConfigMap\n', {
    ...build,
    place: more,
    says: 'missing metadata.name in an object',
  }),
  object('two objects of one name', `${other}---\n${other}`, {
    ...build,
    place: 'apps/trades/base/more.yaml',
    says: 'which is there already',
  }),
  object(
    'an object of another namespace',
    'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a, namespace: other }\n',
    { code: 'NAMESPACE_UNKNOWN', says: `which nothing creates (${more}:3)` },
  ),
  object('an object without a namespace', 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n', {
    code: 'NAMESPACE_MISSING',
    says: `no metadata.namespace (${more}:3)`,
  }),
  object('a field that the API does not have', `${other}dada: {}\n`, {
    code: 'SCHEMA_UNKNOWN_FIELD',
    says: /dada.*data/,
  }),
  object(
    'a kind that the API does not have',
    'apiVersion: v1\nkind: ConfigMop\nmetadata: { name: a, namespace: ml }\n',
    {
      code: 'SCHEMA_UNKNOWN_KIND',
      says: `there is no kind ConfigMop in v1 (${more}:2)`,
      hint: 'did you mean ConfigMap?',
    },
  ),
  object(
    'a Secret in the clear',
    'apiVersion: v1\nkind: Secret\nmetadata: { name: a, namespace: ml }\nstringData: { password: hunter2 }\n',
    { code: 'SECRET_PLAINTEXT', says: `stringData.password is not encrypted (${more}:4)` },
  ),
  object('text that is no YAML', 'a: [\n', {
    ...build,
    place: `${more}:2:1`,
    says: 'did not find expected node content',
  }),
  object('a file of a hundred thousand brackets', '['.repeat(100_000), { ...build, says: /./ }),
  {
    title: 'a resource that is not there',
    arrange: async (site) => site.edit(list, 'resources:\n', 'resources:\n  - missing.yaml\n'),
    ...build,
    place: `${list}:4`,
    says: 'missing.yaml does not exist',
    hint: /./,
  },
  {
    title: 'a base from elsewhere',
    arrange: async (site) =>
      site.edit(list, 'resources:\n', 'resources:\n  - https://github.com/example/base?ref=v1\n'),
    ...build,
    place: `${list}:4:5`,
    says: 'https://github.com/example/base?ref=v1 is fetched from elsewhere',
    hint: `name the copy in ${list}, line 4`,
  },
  {
    title: 'a resource outside of the repository',
    arrange: async (site) => site.edit(list, 'resources:\n', 'resources:\n  - ../../../../home\n'),
    ...build,
    place: `${list}:4:5`,
    says: '../../../../home leads out of the repository',
    hint: /Copy it into the repository/,
  },
  {
    title: 'a misspelt field of a kustomization',
    arrange: async (site) => site.edit(list, 'resources:\n', 'resorces:\n'),
    ...build,
    place: `${list}:3`,
    says: /resorces/,
    hint: /./,
  },
  {
    title: 'a patch for what is not there',
    arrange: async (site) => site.edit(base, 'name: trades\n  namespace', 'name: tradez\n  namespace'),
    ...build,
    says: /no matches|tradez|trades/,
    hint: /./,
  },
  {
    title: 'an environment that was never rendered',
    arrange: async (site) => rm(join(site.root, 'clusters/dev/flux'), { recursive: true }),
    ...build,
    says: 'nothing was rendered',
    hint: 'platform render dev',
  },
  {
    title: 'a render that is out of date',
    arrange: async (site) => site.edit('clusters/dev/values.yaml', 'lastDays: 7', 'lastDays: 8'),
    args: ['validate', 'dev'],
    exitCode: 1,
    code: 'RENDER_STALE',
    place: 'apps/backfill/overlays/dev/1-trades/config.yaml',
    says: /not up to date|stale|values/,
    hint: 'platform render dev',
  },
];

describe.concurrent('refuses', () => {
  for (const refusal of [...templates, ...manifests]) {
    it(refusal.title, async ({ expect }) => expectRefusal(expect, program, refusal));
  }
});
