import { expect, it } from 'vitest';
import type { App } from '../values/apps.ts';
import type { Component } from '../values/components.ts';
import type { Environment, EnvironmentValues } from '../values/environment.ts';
import { planKustomizations } from './kustomizations.ts';

const trades: App = { name: 'trades', kind: 'deployment', description: '', stages: [] };
const backfill: App = { name: 'backfill', kind: 'job', description: '', stages: ['1-first', '2-second'] };

function environment(apps: EnvironmentValues['apps'], sops = false): Environment {
  const flux = { interval: '10m', retryInterval: '15s', timeout: '5m' };
  return { name: 'dev', values: { flux, secrets: { sops }, apps } } as unknown as Environment;
}

function graph(apps: EnvironmentValues['apps'], sops = false): string[] {
  return planKustomizations(environment(apps, sops), [backfill, trades]).map(
    ({ name, dependsOn, wait }) => `${name}${wait ? ' (wait)' : ''} ← ${dependsOn.join(', ')}`,
  );
}

const on = { enabled: true, after: [] };

it('makes every app depend on what it uses only, and waits only where something depends', () => {
  expect(graph({ trades: on, backfill: on })).toEqual([
    'namespaces ← ',
    'backfill-1-first (wait) ← ',
    'backfill-2-second ← backfill-1-first',
    'trades ← ',
  ]);
});

it('hangs an app behind the last stage of the job that it names with after', () => {
  expect(graph({ trades: { enabled: true, after: ['backfill'] }, backfill: on })).toEqual([
    'namespaces ← ',
    'backfill-1-first (wait) ← ',
    'backfill-2-second (wait) ← backfill-1-first',
    'trades ← backfill-2-second',
  ]);
});

it('puts an app behind those it waits for, whatever their names', () => {
  expect(graph({ trades: on, backfill: { enabled: true, after: ['trades'] } })).toEqual([
    'namespaces ← ',
    'trades (wait) ← ',
    'backfill-1-first (wait) ← trades',
    'backfill-2-second ← backfill-1-first',
  ]);
});

it('applies encrypted secrets before the apps', () => {
  const units = planKustomizations(
    environment({ trades: on, backfill: { enabled: false, after: [] } }, true),
    [backfill, trades],
  );

  expect(units).toEqual([
    expect.objectContaining({ name: 'namespaces', sops: false, wait: false }),
    expect.objectContaining({
      name: 'secrets',
      path: './clusters/dev/secrets',
      dependsOn: [],
      sops: true,
      wait: true,
    }),
    expect.objectContaining({
      name: 'trades',
      path: './apps/trades/overlays/dev',
      dependsOn: ['secrets'],
    }),
  ]);
});

it('gives a stage a minute more than its Job has, so that the Job fails first', () => {
  const units = planKustomizations(environment({ backfill: { ...on, deadlineSeconds: 3600 }, trades: on }), [
    backfill,
    trades,
  ]);

  expect(units.map(({ name, timeout }) => [name, timeout])).toEqual([
    ['namespaces', '5m'],
    ['backfill-1-first', '3660s'],
    ['backfill-2-second', '3660s'],
    ['trades', '5m'],
  ]);
});

it('tells Flux to leave the replicas alone where an autoscaler decides them', () => {
  const scaling = (kind: string): Record<string, unknown> => ({ ...on, autoscaling: { kind } });
  const scaled = (kind: string) =>
    planKustomizations(environment({ trades: scaling(kind) as typeof on }), [trades]).map(
      (unit) => unit.scaled,
    );

  expect(scaled('none')).toEqual([[], []]);
  expect(scaled('hpa')).toEqual([[], ['trades']]);
});

it('applies a component where it is enabled, and its configs after it, or where the cluster has it', () => {
  const store: Component = {
    name: 'store',
    description: '',
    pins: {},
    groups: [],
    notes: [],
    hasConfigs: true,
  };
  const unitsWith = (values: object): string[] => {
    const { name, values: others } = environment({}, true);
    const all = { name, values: { ...others, components: { store: values } } } as unknown as Environment;
    return planKustomizations(all, [], [store]).map(
      (unit) => `${unit.name} ${unit.path} ← ${unit.dependsOn.join(', ')}`,
    );
  };
  const before = ['namespaces ./infrastructure/namespaces ← ', 'secrets ./clusters/dev/secrets ← '];

  expect(unitsWith({ enabled: false, provided: false })).toEqual(before);
  expect(unitsWith({ enabled: true, provided: false })).toEqual([
    ...before,
    'store ./infrastructure/controllers/store/overlays/dev ← ',
    'store-config ./infrastructure/configs/store/overlays/dev ← secrets, store',
  ]);
  expect(unitsWith({ enabled: false, provided: true })).toEqual([
    ...before,
    'store-config ./infrastructure/configs/store/overlays/dev ← secrets',
  ]);
});
