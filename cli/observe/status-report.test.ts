import { describe, expect, it } from 'vitest';
import { PlatformError } from '../errors/platform-error.ts';
import { steppingClock } from '../ports/clock.fake.ts';
import { fakeKube } from '../ports/kube.fake.ts';
import { scriptedRun } from '../ports/run.fake.ts';
import { deployment, gitRepository, kustomization, now, revision, root } from '../testing/cluster-objects.ts';
import { isAllReady, reportStatus, type StatusInput } from './status-report.ts';

const head = 'b'.repeat(40);
const applied = 'a'.repeat(40);

const input = (kube: StatusInput['kube']): StatusInput => ({
  environment: 'dev',
  engine: 'embedded',
  standIns: [],
  state: 'running',
  parts: [],
  kube,
  git: { head, branch: 'main', published: head, changed: ['README.md'] },
});

const cluster = [
  gitRepository(revision('a')),
  root(revision('a'), ['trades']),
  kustomization('trades', { applied: revision('a'), inventory: ['ml_trades_apps_Deployment'] }),
  deployment('trades', 1),
];

describe('reportStatus', () => {
  it('counts the commits between HEAD and what is applied', async () => {
    const run = scriptedRun({
      [`git rev-list --count --left-right ${applied}...${head}`]: '0\t2\n',
    });

    const report = await reportStatus(
      { run, root: '/repository', clock: steppingClock(now) },
      input(fakeKube(cluster)),
    );

    expect(report.git).toEqual({
      head,
      branch: 'main',
      published: head,
      uncommitted: 1,
      applied,
      ahead: 2,
      behind: 0,
    });
    expect(isAllReady(report)).toBe(true);
  });

  it('reports a cluster that does not answer, and does not call it ready', async () => {
    const kube = {
      ...fakeKube(),
      list: async () => Promise.reject(new PlatformError('CLUSTER_UNREACHABLE', 'no answer', 'wait')),
    };

    const report = await reportStatus(
      { run: scriptedRun({}), root: '/', clock: steppingClock(now) },
      input(kube),
    );

    expect(report).toMatchObject({ unreachable: 'no answer', git: { applied: undefined } });
    expect(isAllReady(report)).toBe(false);
  });

  it('is not ready while a part of the engine is missing', async () => {
    const run = scriptedRun({ [`git rev-parse --verify --quiet ${applied}^{commit}`]: '' });
    const deps = { run, root: '/', clock: steppingClock(now) };
    const healthy = await reportStatus(deps, { ...input(undefined), kube: undefined });

    expect(isAllReady({ ...healthy, state: 'degraded' })).toBe(false);
  });
});
