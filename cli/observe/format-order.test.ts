import picocolors from 'picocolors';
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../ports/kube.ts';
import { gitRepository, kustomization, now, revision } from '../testing/cluster-objects.ts';
import { buildModel } from './build-model.ts';
import { formatOrder } from './format-order.ts';

const look = { colors: picocolors.createColors(false), unicode: true, now };
const a = revision('a');

/** @param took As Flux writes it. */
function step(name: string, took: string | undefined, ...after: string[]): KubeObject {
  const dependsOn = after.map((other) => ({ name: other }));
  const object = kustomization(name, { applied: a }, { dependsOn });
  const at = '2026-01-01T11:56:10Z';
  const run = {
    firstReconciled: at,
    lastReconciled: at,
    lastReconciledDuration: took,
    lastReconciledStatus: 'ReconciliationSucceeded',
    totalReconciliations: 1,
    metadata: { revision: a },
  };
  const status = object['status'] as object;
  return { ...object, status: { ...status, ...(took === undefined ? {} : { history: [run] }) } };
}

function show(...objects: KubeObject[]): string {
  return formatOrder(buildModel({ objects: [gitRepository(a), ...objects], notes: [] }, now), look);
}

describe('the order', () => {
  it('is wave by wave, with times and the longest way', () => {
    expect(
      show(
        step('infra', '1.25s'),
        step('apps', '130s', 'infra'),
        step('side', '20s'),
        step('new', undefined, 'apps'),
      ),
    ).toMatchInlineSnapshot(`
      "wave 1
        ✔ infra *  took 1.3s
        ✔ side     took 20s
      wave 2
        ✔ apps  *  took 2m 10s  after infra
      wave 3
        ✔ new      no time known  after apps

      * the longest way, 2m 11s: infra → apps"
    `);
  });

  it('names circles, what waits for one, and dependencies that are not there', () => {
    expect(
      show(
        step('a', undefined, 'b'),
        step('b', undefined, 'a'),
        step('c', undefined, 'a'),
        step('d', '1s', 'gone'),
      ),
    ).toMatchInlineSnapshot(`
      "wave 1
        ✔ d *  took 1.0s  after gone

      ✗ these wait for each other, so none of them is ever applied: a → b → a
      ✗ c waits for one of them, and is in no wave
      ✗ d waits for gone, which the cluster does not have"
    `);
  });

  it('is empty where Flux has nothing', () => {
    expect(show()).toBe('Flux has nothing to apply here yet.');
  });
});
