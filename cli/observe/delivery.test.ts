import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../ports/kube.ts';
import { formatRef, refOf } from '../ports/kube.ts';
import {
  conditions,
  deployment,
  gitRepository,
  job,
  kustomization,
  now,
  revision,
  root,
} from '../testing/cluster-objects.ts';
import { buildModel } from './build-model.ts';
import { buildDelivery, hopsOf, type Delivery } from './delivery.ts';

const a = revision('a');
const note = { at: '2026-01-01T11:00:00Z', author: 'Ada', subject: 'Trade more' };

const at = (time: string): string => `2026-01-01T11:${time}Z`;

function withStatus(object: KubeObject, status: object): KubeObject {
  return { ...object, status: { ...(object['status'] as object), ...status } };
}

/** What Flux remembers of its runs: one, that took four seconds, unless told otherwise. */
function history(first: string, last = first, of = a, result = 'ReconciliationSucceeded'): object {
  return {
    history: [
      {
        lastReconciledStatus: result,
        firstReconciled: first,
        lastReconciled: last,
        lastReconciledDuration: '4s',
        metadata: { revision: of },
      },
    ],
  };
}

const source = withStatus(gitRepository(a), { artifact: { revision: a, lastUpdateTime: at('00:05') } });

function rolledOut(name: string, written: string, progressed: string): KubeObject {
  const workload = deployment(name, 1, 1, {
    conditions: [
      { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable', lastUpdateTime: progressed },
    ],
  });
  const managedFields = [
    { manager: 'kustomize-controller', operation: 'Apply', time: written },
    { manager: 'kube-controller-manager', operation: 'Update', subresource: 'status', time: at('59:00') },
  ];
  return { ...workload, metadata: { ...workload.metadata, managedFields } };
}

const trades = (status: object, spec: object = {}): KubeObject =>
  withStatus(kustomization('trades', { applied: a, inventory: ['ml_trades_apps_Deployment'] }, spec), status);

function deliveryOf(...objects: readonly KubeObject[]): Delivery {
  const all = [source, withStatus(root(a, ['trades', 'infra']), history(at('00:08'))), ...objects];
  const byId = new Map(all.map((object) => [formatRef(refOf(object)), object]));
  return buildDelivery(buildModel({ objects: all, notes: [] }, now), (id) => byId.get(id), note);
}

const stepOf = ({ steps }: Delivery, name: string) => steps.find(({ id }) => id.endsWith(`/${name}`));

describe('a delivery', () => {
  const infra = withStatus(kustomization('infra', { applied: a }), history(at('00:12')));

  it('goes from the commit to the end of the last rollout, with the seconds of each hop', () => {
    const delivery = deliveryOf(
      infra,
      trades(history(at('00:20'))),
      rolledOut('trades', at('00:17'), at('00:30')),
    );

    expect(delivery).toMatchObject({ commit: 'a'.repeat(40), note, complete: true, seconds: 30 });
    expect(delivery.hops).toEqual([
      { to: 'committed', at: note.at },
      { to: 'fetched', at: at('00:05'), seconds: 5 },
      { to: 'began', at: '2026-01-01T11:00:05.000Z', seconds: 0 }, // 00:08 less 4 s would be before the fetch
      { to: 'applied', at: at('00:17'), seconds: 12 },
      { to: 'rolledOut', at: at('00:30'), seconds: 13 },
    ]);
    expect(stepOf(delivery, 'trades')).toEqual({
      id: 'Kustomization/flux-system/trades',
      state: 'Ready',
      change: 'changed',
      times: { began: '2026-01-01T11:00:16.000Z', applied: at('00:17'), rolledOut: at('00:30') },
    });
  });

  it('knows what the commit did not change: the run that gives the same began before it was fetched', () => {
    const delivery = deliveryOf(
      infra,
      trades(history('2026-01-01T10:00:00Z', at('00:20'))),
      rolledOut('trades', '2026-01-01T10:00:00Z', '2026-01-01T10:00:30Z'),
    );

    expect(stepOf(delivery, 'trades')).toMatchObject({ change: 'unchanged', times: {} });
    expect(delivery.complete).toBe(true);
    expect(delivery.hops.at(-1)).toMatchObject({ to: 'rolledOut', at: at('00:12') }); // of infra, which has no workload
  });

  it('does not know when a run began that was followed by others with the same outcome', () => {
    const delivery = deliveryOf(
      infra,
      trades(history(at('00:20'), at('10:20'))),
      rolledOut('trades', at('00:17'), at('00:30')),
    );

    expect(stepOf(delivery, 'trades')?.times).toEqual({ applied: at('00:17'), rolledOut: at('00:30') });
  });

  it('is under way while something has an earlier commit, and then tells no end', () => {
    const earlier = trades(history(at('00:20'), at('00:20'), revision('b')));
    const delivery = deliveryOf(infra, earlier, rolledOut('trades', at('00:17'), at('00:30')));

    expect(stepOf(delivery, 'trades')).toMatchObject({ change: 'pending', times: {} });
    expect(delivery.complete).toBe(false);
    expect(delivery.hops.map(({ to }) => to)).toEqual(['committed', 'fetched', 'began', 'applied']);
  });

  it('tells no rollout of what failed', () => {
    const delivery = deliveryOf(
      infra,
      withStatus(trades(history(at('05:20'), at('05:20'), a, 'HealthCheckFailed')), {
        conditions: conditions(['Ready', 'False', 'HealthCheckFailed', 'timeout']),
      }),
      rolledOut('trades', at('00:17'), at('00:30')),
    );

    expect(stepOf(delivery, 'trades')).toMatchObject({ change: 'changed', times: { applied: at('00:17') } });
    expect(stepOf(delivery, 'trades')?.times).not.toHaveProperty('rolledOut');
    expect(delivery.complete).toBe(false);
  });

  it('takes the end of a Job for its rollout', () => {
    const backfill = kustomization('backfill', { applied: a, inventory: ['ml_history_batch_Job'] });
    const done = job('history', {
      succeeded: 1,
      completionTime: at('58:00'),
      conditions: conditions(['Complete', 'True']),
    });
    const delivery = deliveryOf(infra, withStatus(backfill, history(at('58:01'))), done);

    expect(stepOf(delivery, 'backfill')?.times).toMatchObject({
      applied: at('56:00'),
      rolledOut: at('58:00'),
    });
  });

  it('holds nothing before the first fetch, and no time of a commit that the clone does not have', () => {
    const empty = { ...gitRepository(a), status: {} };
    const model = buildModel({ objects: [empty, root(a, [])], notes: [] }, now);
    expect(buildDelivery(model, () => undefined, undefined)).toMatchObject({ complete: false, hops: [] });
  });
});

it('leaves out stations that nobody knows', () => {
  expect(hopsOf({ fetched: at('00:05'), rolledOut: at('00:30') })).toEqual([
    { to: 'fetched', at: at('00:05') },
    { to: 'rolledOut', at: at('00:30'), seconds: 25 },
  ]);
});
