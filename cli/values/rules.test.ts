import { expect, it } from 'vitest';
import { copiedRepository } from '../testing/copied-repository.ts';
import { loadEnvironment } from './load-environment.ts';

const file = 'clusters/dev/values.yaml';

it.each([
  ['existing without a context', 'engine: existing', 'cluster.context is missing'],
  [
    'a context without existing',
    'cluster: { context: x }',
    'cluster.context is only for the engine existing, and engine is auto',
  ],
  [
    'after an app that is none',
    'apps: { trades: { after: [backfil] } }',
    'apps.trades.after names backfil, which is no app; did you mean backfill?',
  ],
  [
    'after an app that is off',
    'apps: { trades: { after: [backfill] }, backfill: { enabled: false } }',
    'which is not enabled in this environment',
  ],
  ['after itself', 'apps: { trades: { after: [trades] } }', 'apps.trades.after names trades itself'],
  [
    'a circle of after',
    'apps: { trades: { after: [backfill] }, backfill: { after: [trades] } }',
    'makes a circle: backfill → trades → backfill',
  ],
  [
    'a request above its limit',
    'apps: { trades: { resources: { requests: { memory: 2Gi } } } }',
    'requests.memory (2Gi) is more than limits.memory (256Mi)',
  ],
  [
    'a limit below its request',
    'apps: { trades: { resources: { limits: { memory: 64Mi } } } }',
    'requests.memory (128Mi) is more than limits.memory (64Mi)',
  ],
  [
    'a pod larger than a node',
    'apps: { trades: { resources: { requests: { cpu: "9" }, limits: { cpu: "9" } } } }',
    'is more than a node has (cluster.nodeCpu: 4)',
  ],
  [
    'an autoscaler with no number between its bounds',
    '{ components: { metrics-server: { enabled: true } }, apps: { prediction-api: { autoscaling: { kind: hpa, min: 4, max: 3 } } } }',
    'apps.prediction-api.autoscaling.min (4) is more than max (3)',
  ],
  [
    'an autoscaler that would stop pods as soon as it is there',
    '{ components: { metrics-server: { enabled: true } }, apps: { prediction-api: { replicas: 6, autoscaling: { kind: hpa } } } }',
    'apps.prediction-api.replicas (6) is not between autoscaling.min (1) and autoscaling.max (5)',
  ],
  [
    'an autoscaler that would start pods as soon as it is there',
    '{ components: { metrics-server: { enabled: true } }, apps: { prediction-api: { replicas: 1, autoscaling: { kind: hpa, min: 2 } } } }',
    'apps.prediction-api.replicas (1) is not between autoscaling.min (2) and autoscaling.max (5)',
  ],
  [
    'an autoscaler in a cluster that measures nothing',
    'apps: { prediction-api: { autoscaling: { kind: hpa } } }',
    'apps.prediction-api.autoscaling.kind is hpa, which needs the component metrics-server, and this environment is without it',
  ],
  [
    'KEDA without triggers',
    '{ components: { keda: { enabled: true } }, apps: { prediction-api: { autoscaling: { kind: keda } } } }',
    'apps.prediction-api.autoscaling.triggers is empty; kind keda scales by them',
  ],
  [
    'a trigger without what it needs',
    '{ components: { keda: { enabled: true } }, apps: { prediction-api: { autoscaling: { kind: keda, triggers: [{ type: kafka, topic: a }] } } } }',
    'apps.prediction-api.autoscaling.triggers[0].consumerGroup is missing; a trigger of type kafka needs it',
  ],
  [
    'triggers that nobody reads',
    'apps: { prediction-api: { autoscaling: { triggers: [{ type: workload, podSelector: a=b }] } } }',
    'apps.prediction-api.autoscaling.triggers are for kind keda, and kind is none',
  ],
  [
    'an autoscaler that cannot start again from nothing',
    '{ components: { metrics-server: { enabled: true } }, apps: { prediction-api: { autoscaling: { kind: hpa, min: 0 } } } }',
    'apps.prediction-api.autoscaling.min is 0',
  ],
  [
    'a secret from a store that nobody brings',
    'apps: { prediction-api: { database: { externalSecret: { key: a } } } }',
    'apps.prediction-api.database.externalSecret is there, which needs the component external-secrets',
  ],
  [
    'a store without its address',
    'components: { external-secrets: { enabled: true, store: { kind: vault } } }',
    'components.external-secrets.store.vault.server is missing',
  ],
  [
    'a store in plain text where it matters',
    '{ protected: true, components: { external-secrets: { enabled: true } } }',
    'components.external-secrets.store.kind is fake, whose values are in git in plain text',
  ],
  [
    'a store that the embedded engine cannot reach',
    '{ engine: embedded, components: { external-secrets: { enabled: true, store: { kind: kubernetes } } } }',
    'components.external-secrets.store.kind is kubernetes, and engine is embedded',
  ],
  [
    'a component that is there twice',
    'components: { metrics-server: { enabled: true, provided: true } }',
    'components.metrics-server is enabled and provided',
  ],
  [
    'a retry later than the interval',
    'flux: { interval: 10s, retryInterval: 1m }',
    'flux.retryInterval (1m) is longer than flux.interval (10s)',
  ],
])('refuses %s, at the line that a person wrote', async (_, values, message) => {
  const root = await copiedRepository({ [file]: `# the second line is wrong\n${values}\n` });

  const error: unknown = await loadEnvironment({ root }, 'dev').catch((thrown: unknown) => thrown);

  const details = [{ place: { file, line: 2 }, message: expect.stringContaining(message) as unknown }];
  expect(error).toMatchObject({ code: 'VALUES_INVALID', details });
});

it.each(['enabled', 'provided'])('takes an autoscaler where metrics-server is %s', async (how) => {
  const root = await copiedRepository({
    [file]: `components: { metrics-server: { ${how}: true } }\napps: { prediction-api: { autoscaling: { kind: hpa } } }\n`,
  });

  const { values } = await loadEnvironment({ root }, 'dev');
  expect(values.components['metrics-server']).toMatchObject({ [how]: true });
});
