import { expect, it } from 'vitest';
import { buildModel } from '../observe/build-model.ts';
import type { DeployPlan } from '../lifecycle/plan-deploy.ts';
import {
  conditions,
  fourMinutesAgo,
  gitRepository,
  job,
  kustomization,
  now,
  revision,
  root,
} from '../testing/cluster-objects.ts';
import { describeDeploy } from './deploy-report.ts';

const a = revision('a');
const plan = {
  cluster: { environment: { name: 'dev' } },
  changes: [],
  findings: [],
  paths: [],
} as unknown as DeployPlan;

it('names the Jobs that still run, and the stages that begin when they are done, in their order', () => {
  const waiting = (name: string, after: string) =>
    kustomization(
      name,
      {
        conditions: conditions([
          'Ready',
          'False',
          'DependencyNotReady',
          `dependency 'flux-system/${after}' is not ready`,
        ]),
      },
      { dependsOn: [{ name: after }] },
    );
  const first = kustomization('history', {
    attempted: a,
    inventory: ['ml_history-1_batch_Job'],
    conditions: conditions(
      ['Ready', 'Unknown'],
      ['Reconciling', 'True', 'Progressing', 'Running health checks'],
    ),
  });
  const running = job('history-1', { active: 1, startTime: fourMinutesAgo });
  // alphabetically the last stage comes first
  const stages = [waiting('candles', 'trades'), waiting('trades', 'history')];
  const objects = [gitRepository(a), root(a, ['history', 'trades', 'candles']), first, running, ...stages];
  const model = buildModel({ objects, notes: [] }, now);

  const { text } = describeDeploy(plan, { commit: 'a'.repeat(40), committed: true, model }, 3_000);

  expect(text).toBe(
    'Committed aaaaaaa runs in dev (3.0s).\nStill running: Job/ml/history-1; then: trades, candles',
  );
});

it('warns with the object that is meant, where it is written, and what to edit', () => {
  const finding = {
    code: 'SECRET_REFERENCE_UNKNOWN',
    severity: 'warning',
    object: 'Deployment/ml/prediction-api',
    message: 'refers to Secret prediction-api-database, which nothing in git provides',
    hint: 'Create it with platform secrets set',
    place: { file: 'apps/prediction-api/base/deployment.yaml', line: 12, column: 3 },
  } as const;
  const warned = { ...plan, findings: [finding, { ...finding, object: undefined, place: undefined }] };

  expect(describeDeploy(warned, { commit: 'a'.repeat(40) }, 3_000).warnings).toEqual([
    'SECRET_REFERENCE_UNKNOWN Deployment/ml/prediction-api refers to Secret prediction-api-database, which nothing in git provides (apps/prediction-api/base/deployment.yaml:12): Create it with platform secrets set',
    'SECRET_REFERENCE_UNKNOWN refers to Secret prediction-api-database, which nothing in git provides: Create it with platform secrets set',
  ]);
});
