import { describe, expect, it } from 'vitest';
import { deployment, kustomization, pod, replicaSet, revision, warning } from '../testing/cluster-objects.ts';
import { controllerLines, eventLines, newestLines, objectsOfApp } from './app-story.ts';

const trades = deployment('trades', 1);
const set = replicaSet('trades-1', trades);
const tradesPod = pod('trades-1-x', set, {});
const objects = [
  kustomization('trades', { applied: revision('a'), inventory: ['ml_trades_apps_Deployment'] }),
  kustomization('other', { applied: revision('a'), inventory: ['ml_other_apps_Deployment'] }),
  trades,
  set,
  tradesPod,
  deployment('other', 1),
];

describe('the story of an app', () => {
  it('is about its Kustomizations, what they applied, and what that made', () => {
    expect([...objectsOfApp(objects, 'trades')]).toEqual([
      'Kustomization/flux-system/trades',
      'Deployment/ml/trades',
      'ReplicaSet/ml/trades-1',
      'Pod/ml/trades-1-x',
    ]);
  });

  it('takes the stages of an app for the app', () => {
    const stages = ['backfill-1-trades', 'backfill-2-candles'].map((name) => kustomization(name, {}));

    expect(objectsOfApp(stages, 'backfill').size).toBe(2);
  });

  it('has the events of its objects, also of pods that are gone', () => {
    const gone = pod('trades-1-gone', set, {});
    const events = [
      warning(gone, 'BackOff', 'again'),
      warning(tradesPod, 'Unhealthy', 'no'),
      warning(deployment('other', 1), 'Odd', 'not ours'),
    ];

    const lines = eventLines(events, objectsOfApp(objects, 'trades'));

    expect(lines.map(({ from, text }) => `${from} ${text}`)).toEqual([
      'Pod trades-1-gone BackOff: again',
      'Pod trades-1-x Unhealthy: no',
    ]);
  });

  it('has the lines of controllers that name its objects', () => {
    const line = (name: string): string =>
      JSON.stringify({
        level: 'error',
        ts: 't',
        msg: 'failed',
        error: 'why',
        controllerKind: 'Kustomization',
        namespace: 'flux-system',
        name,
      });
    const log = ['not json', '{"broken', line('trades'), line('other')].join('\n');

    expect(controllerLines(log, 'kustomize-controller', objectsOfApp(objects, 'trades'))).toEqual([
      { at: 't', from: 'kustomize-controller trades', level: 'error', text: 'failed: why' },
    ]);
  });

  it('is told in the order of time, and keeps the newest', () => {
    const line = (at: string) => ({ at, from: 'x', level: 'info' as const, text: at });
    const times = ['2026-01-01T12:00:02Z', '2026-01-01T12:00:01.500Z', '2026-01-01T12:00:03Z'];

    expect(newestLines(times.map(line), 2).map(({ at }) => at)).toEqual([
      '2026-01-01T12:00:02Z',
      '2026-01-01T12:00:03Z',
    ]);
  });
});
