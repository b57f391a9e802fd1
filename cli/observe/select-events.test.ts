import picocolors from 'picocolors';
import { describe, expect, it } from 'vitest';
import {
  deployment,
  kustomization,
  now,
  pod,
  replicaSet,
  revision,
  warning,
} from '../testing/cluster-objects.ts';
import type { KubeObject } from '../ports/kube.ts';
import { buildModel } from './build-model.ts';
import { formatEvents } from './format-events.ts';
import { selectEvents, type EventFilter } from './select-events.ts';

const look = { colors: picocolors.createColors(false), unicode: true, now };
const [api, trades] = [deployment('api', 1), deployment('trades', 1)];
const set = replicaSet('api-1', api);
const alive = pod('api-1-x', set, {});

function happened(about: KubeObject, reason: string, at: string, more: object = {}): KubeObject {
  const event = warning(about, reason, `${reason} it is\nreally`);
  return { ...event, lastTimestamp: at, ...more };
}

const applied = kustomization('api', { applied: revision('a'), inventory: ['ml_api_apps_Deployment'] });
const events = [
  happened(alive, 'Pulled', '2026-01-01T11:59:00Z', { type: 'Normal', count: 3 }),
  happened(pod('api-1-gone', set, {}), 'BackOff', '2026-01-01T11:30:00Z'),
  happened(trades, 'Scaled', '2026-01-01T11:58:00Z', { type: 'Normal' }),
  happened(applied, 'HealthCheckFailed', '2026-01-01T11:57:00Z'),
];
const model = buildModel({ objects: [applied, api, trades, set, alive, ...events], notes: [] }, now);
const reasons = (filter: EventFilter): string[] => selectEvents(model, filter).map(({ reason }) => reason);

describe('events', () => {
  it('are all of them, newest last', () => {
    expect(reasons({})).toEqual(['BackOff', 'HealthCheckFailed', 'Scaled', 'Pulled']);
  });

  it('of an object are also those of what is below it, and of its pods that are gone', () => {
    expect(reasons({ about: 'Kustomization/flux-system/api' })).toEqual([
      'BackOff',
      'HealthCheckFailed',
      'Pulled',
    ]);
    expect(reasons({ about: 'Deployment/ml/api' })).toEqual(['BackOff', 'Pulled']);
  });

  it('may be warnings alone, or those since a moment', () => {
    expect(reasons({ warnings: true })).toEqual(['BackOff', 'HealthCheckFailed']);
    expect(reasons({ since: Date.parse('2026-01-01T11:58:00Z') })).toEqual(['Scaled', 'Pulled']);
  });

  it('are one line each', () => {
    expect(formatEvents(selectEvents(model, {}), look)).toMatchInlineSnapshot(`
      "⚠ 30m  Pod ml/api-1-gone     BackOff: BackOff it is; really
      ⚠  3m  api                   HealthCheckFailed: HealthCheckFailed it is; really
         2m  Deployment ml/trades  Scaled: Scaled it is; really
         1m  Pod ml/api-1-x        Pulled: Pulled it is; really (3 times)"
    `);
  });

  it('are cut to the terminal', () => {
    const lines = formatEvents(selectEvents(model, {}), { ...look, columns: 70 }).split('\n');

    expect(lines).toHaveLength(4);
    expect(lines.every((line) => line.length <= 70)).toBe(true);
  });

  it('say what happened below, whole, where a terminal has no room for it', () => {
    const told = [
      happened(trades, 'Scaled', '2026-01-01T11:58:00Z', {
        message: 'Scaled up replica set trades-6f7d8 from 0 to 1, as the Deployment wants',
      }),
      happened(alive, 'Pulled', '2026-01-01T11:59:00Z', { type: 'Normal' }),
    ];
    const narrow = buildModel({ objects: [applied, api, trades, set, alive, ...told], notes: [] }, now);

    expect(formatEvents(selectEvents(narrow, {}), { ...look, columns: 60 })).toMatchInlineSnapshot(`
      "⚠ 2m  Deployment ml/trades
            Scaled: Scaled up replica set trades-6f7d8 from 0 to
            1, as the Deployment wants
        1m  Pod ml/api-1-x
            Pulled: Pulled it is; really"
    `);
  });
});
