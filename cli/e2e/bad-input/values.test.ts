import { afterAll, beforeAll, describe, it } from 'vitest';
import { builtProgram, type BuiltProgram } from '../../testing/built-program.ts';
import { expectRefusal, type Refusal } from '../../testing/refusal.ts';

let program: BuiltProgram;
beforeAll(async () => (program = await builtProgram()), 60_000);
afterAll(async () => program.dispose());

const file = 'clusters/dev/values.yaml';

/** A values.yaml of its own, which `render` has to refuse. */
const values = (
  title: string,
  content: string | Buffer,
  rest: Pick<Refusal, 'says' | 'hint'> & Partial<Refusal>,
): Refusal => ({
  title,
  arrange: async (site) => site.write(file, content),
  args: ['render', 'dev'],
  exitCode: 2,
  code: 'VALUES_INVALID',
  ...rest,
});
const syntax = (
  title: string,
  content: string | Buffer,
  rest: Pick<Refusal, 'says'> & Partial<Refusal>,
): Refusal =>
  values(title, content, { code: 'VALUES_SYNTAX', hint: /^Edit clusters\/dev\/values\.yaml/m, ...rest });

const docs = 'every key is explained in docs/values.md';

const shapes: Refusal[] = [
  values('an unknown key', 'sizzing: small\n', {
    place: `${file}:1:1`,
    says: 'sizzing is not known; did you mean sizing?',
    hint: docs,
  }),
  values('an unknown key that is like no other', 'zebra: 1\n', {
    place: `${file}:1:1`,
    says: /zebra is not known/,
    hint: docs,
  }),
  values('an unknown key of an app', 'apps:\n  trades:\n    replica: 1\n', {
    place: `${file}:3:5`,
    says: 'did you mean replicas?',
    hint: docs,
  }),
  values('an unknown app', 'apps:\n  trade:\n    replicas: 1\n', {
    place: `${file}:2:3`,
    says: 'did you mean trades?',
    hint: docs,
  }),
  values('text for a number', 'apps:\n  trades:\n    replicas: two\n', {
    place: `${file}:3:15`,
    says: /replicas.*(integer|whole number)/,
    hint: docs,
  }),
  values('a number for text', 'apps:\n  trades:\n    image: { tag: 1.0 }\n', {
    place: `${file}:3:19`,
    says: /tag.*semantic version/,
    hint: /Write it in quotes/,
  }),
  values('a list for a map', 'apps: [trades]\n', { place: `${file}:1:7`, says: /apps.*map/, hint: docs }),
  values('a map for a list', 'apps:\n  trades:\n    productIds: { a: b }\n', {
    place: `${file}:3:17`,
    says: /productIds.*list/,
    hint: docs,
  }),
  values('a word for true or false', 'protected: yes\n', {
    place: `${file}:1:12`,
    says: 'it must be a boolean',
    hint: docs,
  }),
  values('a negative number of pods', 'apps:\n  trades:\n    replicas: -1\n', {
    place: `${file}:3:15`,
    says: /replicas.*(0|least)/,
    hint: docs,
  }),
  values('a million pods', 'apps:\n  trades:\n    replicas: 1000000\n', {
    place: `${file}:3:15`,
    says: /replicas/,
    hint: docs,
  }),
  values('half a pod', 'apps:\n  trades:\n    replicas: 1.5\n', {
    place: `${file}:3:15`,
    says: /replicas/,
    hint: docs,
  }),
  values('an engine that does not exist', 'engine: docker\n', {
    place: `${file}:1:9`,
    says: /engine.*auto, kind, embedded/,
    hint: docs,
  }),
  values('a quantity that is none', 'cluster: { nodeCpu: 10x }\n', {
    place: `${file}:1:21`,
    says: /nodeCpu/,
    hint: docs,
  }),
  values('memory without a unit that exists', 'cluster: { nodeMemory: 8GB }\n', {
    place: `${file}:1:24`,
    says: /nodeMemory/,
    hint: docs,
  }),
  values('a duration that is none', 'flux: { interval: 10 minutes }\n', {
    place: `${file}:1:19`,
    says: /interval/,
    hint: docs,
  }),
  values('a log level that does not exist', 'apps:\n  trades:\n    logLevel: loud\n', {
    place: `${file}:3:15`,
    says: /logLevel/,
    hint: docs,
  }),
  values('a tag that no registry takes', 'apps:\n  trades:\n    image: { tag: "a b" }\n', {
    place: `${file}:3:19`,
    says: /tag/,
    hint: docs,
  }),
  values(
    'an image repository in capitals',
    'apps:\n  trades:\n    image: { repository: Ghcr.io/Acme/Trades }\n',
    { place: `${file}:3:26`, says: /repository/, hint: docs },
  ),
  values('a sizing that does not exist', 'sizing: smal\n', {
    place: `${file}:1:9`,
    says: /smal.*small/,
    hint: /./,
  }),
  values('a sizing that leaves its folder', 'sizing: ../../../etc/passwd\n', {
    place: `${file}:1:9`,
    says: /sizing/,
    hint: docs,
  }),
  values('a key that every object inherits', '__proto__: { a: 1 }\nconstructor: 1\n', {
    place: `${file}:1:1`,
    says: /constructor is not known/,
    hint: docs,
  }),
  values('a look-alike letter in a key', 'аpps: {}\n', {
    place: `${file}:1:1`,
    says: /did you mean apps\?/,
    hint: docs,
  }),
  values('a control character in a value', 'apps:\n  trades:\n    kafka: { topic: "a\\u0007b" }\n', {
    place: `${file}:3:21`,
    says: /topic/,
    hint: docs,
  }),
  values('all mistakes at once', 'sizzing: small\nengine: docker\n', {
    place: `${file}:2:9`,
    says: /2 values are wrong/,
    hint: docs,
  }),
];

const contradictions: Refusal[] = [
  values('the engine existing without a context', 'engine: existing\n', {
    place: `${file}:1:9`,
    says: 'cluster.context is missing',
    hint: 'kubectl config get-contexts',
  }),
  values('a context for another engine', 'engine: kind\ncluster: { context: x }\n', {
    place: `${file}:2:21`,
    says: /only for the engine existing/,
    hint: /engine: existing/,
  }),
  values('a retry that comes after the interval', 'flux: { interval: 10s, retryInterval: 1m }\n', {
    place: `${file}:1:39`,
    says: /longer than flux\.interval/,
    hint: docs,
  }),
  values(
    'a request above its limit',
    'apps:\n  trades:\n    resources: { requests: { memory: 2Gi }, limits: { memory: 1Gi } }\n',
    { place: `${file}:3:38`, says: /more than limits\.memory/, hint: docs },
  ),
  values(
    'a pod that fits no node',
    'apps:\n  trades:\n    resources: { requests: { cpu: "64" }, limits: { cpu: "64" } }\n',
    { place: `${file}:3:35`, says: /more than a node has/, hint: docs },
  ),
  values('an app that waits for itself', 'apps:\n  trades: { after: [trades] }\n', {
    place: `${file}:2:21`,
    says: /names trades itself/,
    hint: docs,
  }),
  values('an app that waits for one that does not exist', 'apps:\n  trades: { after: [backfil] }\n', {
    place: `${file}:2:21`,
    says: 'did you mean backfill?',
    hint: docs,
  }),
  values(
    'an app that waits for one that is off',
    'apps:\n  trades: { after: [backfill] }\n  backfill: { enabled: false }\n',
    { place: `${file}:2:21`, says: /not enabled/, hint: 'apps.backfill.enabled: true' },
  ),
  values(
    'apps that wait for each other',
    'apps:\n  trades: { after: [backfill] }\n  backfill: { after: [trades] }\n',
    { place: `${file}:3:22`, says: /circle: .* → /, hint: docs },
  ),
];

const nothing: Refusal[] = Object.entries({
  'an emptied file': '',
  'a file that holds only comments': '# sizing: small\n',
  'a document with nothing in it': '---\n',
}).map(([title, content]) =>
  values(title, content, {
    place: `${file}:1:1`,
    says: `${file} has no values`,
    hint: `git restore ${file}; or write {} into it, where all defaults are meant`,
  }),
);

const yaml: Refusal[] = [
  syntax('a bracket that is never closed', 'apps:\n  trades: { replicas: 1\nsizing: small\n', {
    place: `${file}:3:1`,
    says: /cannot be read/,
  }),
  syntax('a tab for indentation', 'apps:\n\ttrades: {}\n', { place: `${file}:2:1`, says: /[Tt]ab/ }),
  syntax('a key that is there twice', 'sizing: small\nsizing: production\n', {
    place: `${file}:2:1`,
    says: /unique/,
  }),
  syntax('two documents', 'sizing: small\n---\nsizing: small\n', { says: /document/ }),
  syntax('a list at the top', '- a\n', { place: `${file}:1:1`, says: 'must be a map' }),
  syntax('a single word', 'hello\n', { place: `${file}:1:1`, says: 'must be a map' }),
  syntax('an alias without its anchor', 'apps: *nowhere\n', { place: `${file}:1:7`, says: /nowhere/ }),
  syntax('an anchor inside of itself', 'apps: &a\n  trades: *a\n', {
    place: `${file}:2:11`,
    says: /inside of what it stands for/,
  }),
  syntax(
    'aliases that multiply',
    `a: &a [1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n`,
    { place: `${file}:2:8`, says: /aliases stand for more than 100 values/ },
  ),
  syntax('a tag of another language', 'apps: !!python/object:os.system {}\n', {
    place: `${file}:1:7`,
    says: /tag/i,
  }),
  syntax('a key that is a list', '? [a, b]\n: 1\n', {
    place: `${file}:1:3`,
    says: 'a key must be a single word',
  }),
  syntax(
    'conflict markers of git',
    '<<<<<<< HEAD\nsizing: small\n=======\nsizing: production\n>>>>>>> other\n',
    { place: `${file}:1:1`, says: /cannot be read/ },
  ),
  syntax('a file of ten megabytes', `# ${'x'.repeat(10_000_000)}\n`, { says: 'at most 1 MB is read' }),
  syntax('a hundred thousand brackets', '['.repeat(100_000), {
    says: 'nested too deeply',
  }),
  syntax('bytes that are no UTF-8', Buffer.from([0x73, 0x3a, 0x20, 0xff, 0xfe, 0x0a]), {
    place: `${file}:1:4`,
    says: /UTF-8/,
  }),
  syntax('a NUL byte', 'sizing: sm\0all\n', { place: `${file}:1:11`, says: 'no text (U+0000)' }),
  syntax('UTF-16', Buffer.from('\ufeffsizing: small\n', 'utf16le'), {
    place: `${file}:1:1`,
    says: 'not UTF-8 text',
  }),
];

describe.concurrent('refuses', () => {
  for (const refusal of [...shapes, ...contradictions, ...nothing, ...yaml]) {
    it(refusal.title, async ({ expect }) => expectRefusal(expect, program, refusal));
  }
});
