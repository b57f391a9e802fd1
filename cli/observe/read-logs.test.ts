import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeKube } from '../ports/kube.fake.ts';
import { scriptedRun } from '../ports/run.fake.ts';
import { deployment, kustomization, pod, replicaSet, revision } from '../testing/cluster-objects.ts';
import { readAppLogs, readPartLog } from './read-logs.ts';

const trades = deployment('trades', 1);
const set = replicaSet('trades-1', trades);
const kube = fakeKube([
  kustomization('trades', { applied: revision('a'), inventory: ['ml_trades_apps_Deployment'] }),
  trades,
  set,
  pod('trades-1-x', set, {}),
]);

const access = { kubeconfig: '/k', context: 'c' };
const app = { name: 'trades', known: ['trades'] };

describe('logs', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'logs-'));
  });
  afterEach(async () => rm(folder, { recursive: true }));

  it('of a part are the last lines of its file', async () => {
    await writeFile(join(folder, 'etcd.log'), 'one\ntwo\nthree\n');
    const parts = [{ name: 'etcd', state: 'stopped', restarts: 0, log: join(folder, 'etcd.log') }];

    expect((await readPartLog(parts, 'etcd', 2)).lines.map(({ text }) => text)).toEqual(['two', 'three']);
    await expect(readPartLog(parts, 'etc', 2)).rejects.toMatchObject({ code: 'USAGE', hint: '--part etcd' });
  });

  it('of simulated pods are what the controllers say about the app', async () => {
    const entry = {
      level: 'info',
      ts: '2026-01-01T12:00:00Z',
      msg: 'applied',
      controllerKind: 'Kustomization',
      namespace: 'flux-system',
      name: 'trades',
    };
    await writeFile(join(folder, 'k.log'), `${JSON.stringify(entry)}\n`);
    const parts = [
      { name: 'kustomize-controller', state: 'running', restarts: 0, log: join(folder, 'k.log') },
    ];

    expect(
      await readAppLogs({ kube, run: scriptedRun({}) }, { access, parts, simulated: true }, app, 10),
    ).toEqual({
      simulated: true,
      lines: [
        { at: '2026-01-01T12:00:00Z', from: 'kustomize-controller trades', level: 'info', text: 'applied' },
      ],
    });
  });

  it('of real pods come from kubectl, by the context of the cluster and no other', async () => {
    const run = scriptedRun({
      'kubectl logs --kubeconfig /k --context c --namespace ml trades-1-x --all-containers --ignore-errors --timestamps --tail=5':
        '2026-01-01T12:00:00.1Z hello there\n',
    });

    const { lines } = await readAppLogs({ kube, run }, { access, parts: [], simulated: false }, app, 5);

    expect(lines).toEqual([
      { at: '2026-01-01T12:00:00.1Z', from: 'Pod trades-1-x', level: 'info', text: 'hello there' },
    ]);
  });

  it('of an app that does not exist name the one that was meant', async () => {
    const asked = readAppLogs(
      { kube, run: scriptedRun({}) },
      { access, parts: [], simulated: true },
      { name: 'trade', known: ['trades'] },
      5,
    );

    await expect(asked).rejects.toMatchObject({ code: 'APP_UNKNOWN', hint: 'Did you mean trades?' });
  });
});
