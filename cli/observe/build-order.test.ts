import { expect, it } from 'vitest';
import type { KubeObject } from '../ports/kube.ts';
import { gitRepository, kustomization, now, revision } from '../testing/cluster-objects.ts';
import { buildOrder } from './build-order.ts';
import { indexObjects } from './cluster-index.ts';
import type { Order } from './model-parts.ts';

const a = revision('a');
const id = (name: string): string => `Kustomization/flux-system/${name}`;

interface Run {
  readonly seconds: number;
  readonly first?: string;
  readonly last?: string;
}

/** A Kustomization that needs others, with the run that Flux remembers. */
function node(name: string, needs: readonly string[], run?: Run): KubeObject {
  const made = kustomization(name, { applied: a }, { dependsOn: needs.map((each) => ({ name: each })) });
  if (!run) return made;
  const { seconds, first = '2026-01-01T11:56:30Z', last = first } = run;
  const entry = {
    lastReconciledStatus: 'ReconciliationSucceeded',
    firstReconciled: first,
    lastReconciled: last,
    lastReconciledDuration: `${seconds}s`,
  };
  return { ...made, status: { ...(made['status'] as object), history: [entry] } };
}

function orderOf(...objects: readonly KubeObject[]): Order {
  const fetched = {
    ...gitRepository(a),
    status: { artifact: { revision: a, lastUpdateTime: '2026-01-01T11:56:00Z' } },
  };
  return buildOrder(indexObjects([fetched, ...objects], now));
}

it('puts each into the wave after the last of those that it needs', () => {
  const { waves } = orderOf(
    node('app', ['infra', 'crds']),
    node('infra', ['crds']),
    node('crds', []),
    node('b', []),
  );

  expect(waves).toEqual([[id('b'), id('crds')], [id('infra')], [id('app')]]);
});

it('marks the way that takes longest, which is not that of the most waves', () => {
  const order = orderOf(
    node('a', [], { seconds: 1 }),
    node('b', ['a'], { seconds: 1 }),
    node('c', ['b'], { seconds: 1 }),
    node('slow', [], { seconds: 20 }),
    node('after', ['slow'], { seconds: 2.5 }),
  );

  expect(order.criticalPath).toEqual([id('slow'), id('after')]);
  expect(order.criticalSeconds).toBe(22.5);
  expect(order.steps.filter(({ critical }) => critical).map((step) => step.id)).toEqual(order.criticalPath);
});

it('tells each circle once, and leaves it and what waits for it out of the waves', () => {
  const { waves, cycles, steps } = orderOf(
    node('b', ['c']),
    node('c', ['a']),
    node('a', ['b']),
    node('self', ['self']),
    node('waits', ['a']),
    node('free', []),
  );

  expect(cycles).toEqual([[id('a'), id('b'), id('c')], [id('self')]]); // from the first of the alphabet on
  expect(waves).toEqual([[id('free')]]);
  expect(steps.map((step) => step.id)).toEqual([id('free')]);
});

it('names what is needed and not there', () => {
  const { steps } = orderOf(node('app', ['gone', 'infra']), node('infra', []));

  expect(steps.find((step) => step.id === id('app'))).toMatchObject({ wave: 1, missing: [id('gone')] });
});

it('tells how long a run took, and how long it waited where it is the one that brought the commit', () => {
  const { steps } = orderOf(
    node('first', [], { seconds: 10 }),
    node('again', [], { seconds: 10, last: '2026-01-01T11:59:00Z' }),
    node('before', [], { seconds: 10, first: '2026-01-01T11:56:05Z' }),
    node('never', []),
  );
  const times = Object.fromEntries(
    steps.map((step) => [step.id.split('/').at(-1) ?? '', [step.seconds, step.waitedSeconds]] as const),
  );

  expect(times).toEqual({
    first: [10, 20],
    again: [10, undefined],
    before: [10, undefined],
    never: [undefined, undefined],
  });
});
