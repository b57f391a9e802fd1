import { describe, expect, it } from 'vitest';
import { duration, shortName, shortRevision } from './format.ts';
import { matcher } from './filter.ts';
import { serverEvents } from './sse.ts';
import type { Row } from './store.ts';
import { treeLines } from './tree-lines.ts';

function row(id: string, parent: string | undefined, state: Row['state'] = 'Ready'): Row {
  const [kind = '', namespace = '', name = ''] = id.split('/');
  const role = kind === 'GitRepository' ? 'source' : kind === 'Kustomization' ? 'applier' : 'workload';
  return {
    id,
    ref: { apiVersion: 'v1', kind, namespace, name },
    parent,
    role,
    state,
    message: state === 'Failed' ? 'no such image' : '',
    created: undefined,
    item: undefined,
    part: undefined,
  };
}

describe('the filter', () => {
  const failed = row('Pod/ml/trades-1', undefined, 'Failed');
  it.each([
    ['', true],
    ['TRADES', true],
    ['kind:pod ns:ml status:failed', true],
    ['state:!ready', true],
    ['!image', false],
    ['!kind:pod', false],
    ['name:ml', false],
    ['image status:ready', false],
    ['http://x', false],
  ])('%j gives %s', (query, fits) => {
    expect(matcher(query)(failed)).toBe(fits);
  });
});

describe('the tree', () => {
  const source = row('GitRepository/f/p', undefined);
  const applier = row('Kustomization/f/apps', source.id);
  const many = Array.from({ length: 15 }, (_, at) => row(`Deployment/ml/a${at + 10}`, applier.id));
  const pod = row('Pod/ml/x', many[14]!.id, 'Failed');
  const all = [source, applier, ...many, pod];
  const rows = new Map(all.map((each) => [each.id, each]));
  const children = new Map<string, Row[]>();
  for (const each of all) children.set(each.parent ?? '', [...(children.get(each.parent ?? '') ?? []), each]);
  const lines = (wanted?: (each: Row) => boolean, toggles = new Map<string, boolean>()): string[] =>
    treeLines({ rows, children, wanted, toggles }).map((line) =>
      line.type === 'row' ? `${line.level} ${line.key}` : `${line.level} ${line.type}`,
    );

  it('is open down to the workloads, and folds more than twelve of a kind', () => {
    expect(lines()).toHaveLength(2 + 12 + 1);
    expect(lines().at(-1)).toBe('3 more');
    const key = `more Deployment ${applier.id}`;
    expect(lines(undefined, new Map([[key, true]]))).toHaveLength(2 + 15);
    expect(lines(undefined, new Map([[applier.id, false]]))).toHaveLength(2);
  });

  it('shows what is wanted with everything above it', () => {
    expect(lines((each) => each.state === 'Failed')).toEqual([
      `1 ${source.id}`,
      `2 ${applier.id}`,
      `3 ${many[14]!.id}`,
      `4 ${pod.id}`,
    ]);
  });
});

it('reads server-sent events, however they are cut', async () => {
  const text = 'id: b-1\nevent: snapshot\ndata: {"a":"ü: x"}\n\nevent: ping\ndata: {}\n\n';
  const bytes = new TextEncoder().encode(text);
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (const byte of bytes) controller.enqueue(new Uint8Array([byte]));
      controller.close();
    },
  });
  const found = [];
  for await (const event of serverEvents(body)) found.push(event);
  expect(found).toEqual([
    { id: 'b-1', event: 'snapshot', data: '{"a":"ü: x"}' },
    { id: undefined, event: 'ping', data: '{}' },
  ]);
});

it('writes durations, names and revisions short', () => {
  expect([0.84, 42, 185].map(duration)).toEqual(['0.8 s', '42 s', '3 min 5 s']);
  expect(shortName('Kustomization/flux-system/trades')).toBe('Kustomization trades');
  expect(shortRevision(`main@sha1:${'a'.repeat(40)}`)).toBe('aaaaaaa');
});
