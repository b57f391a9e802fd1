import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scriptedRun } from '../ports/run.fake.ts';
import { readControllerLines } from './read-controller-lines.ts';

const access = { kubeconfig: '/k', context: 'c' };
const id = 'Kustomization/flux-system/trades';

function entry(name: string, msg: string, error?: string): string {
  const level = error === undefined ? 'info' : 'error';
  const about = { controllerKind: 'Kustomization', namespace: 'flux-system', name };
  return `${JSON.stringify({ level, ts: '2026-01-01T12:00:00Z', msg, ...about, error })}\n`;
}

const log =
  entry('trades', 'server-side apply completed') +
  entry('web', 'another') +
  entry('trades', 'Reconciler error', 'timeout waiting for Job');
const from = 'kustomize-controller trades';
const told = [
  { at: '2026-01-01T12:00:00Z', from, level: 'info', text: 'server-side apply completed' },
  { at: '2026-01-01T12:00:00Z', from, level: 'error', text: 'Reconciler error: timeout waiting for Job' },
];

describe("what Flux's controller says of an object", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lines-'));
  });
  afterEach(async () => rm(folder, { recursive: true }));

  it('comes from the file of the controller that works on its kind', async () => {
    const file = join(folder, 'k.log');
    await writeFile(file, log);
    const parts = [{ name: 'kustomize-controller', state: 'running', restarts: 0, log: file }];

    const source = { access, parts, simulated: true };
    expect(await readControllerLines({ run: scriptedRun({}) }, source, id, 10)).toEqual(told);
    expect(await readControllerLines({ run: scriptedRun({}) }, source, id, 1)).toEqual(told.slice(1));
  });

  it('comes from its pod where it runs in the cluster', async () => {
    const run = scriptedRun({
      'kubectl logs --kubeconfig /k --context c --namespace flux-system deployment/kustomize-controller --tail=5000':
        log,
    });

    expect(await readControllerLines({ run }, { access, parts: [], simulated: false }, id, 10)).toEqual(told);
  });

  it('is nothing for what is not of Flux, and nobody is asked', async () => {
    const source = { access, parts: [], simulated: false };

    expect(await readControllerLines({ run: scriptedRun({}) }, source, 'Deployment/ml/trades', 10)).toEqual(
      [],
    );
  });
});
