import { commitRendered } from './commit-rendered.ts';
import type { Machine } from './e2e-machine.ts';

const values = 'clusters/dev/values.yaml';

const components = `
components:
  metrics-server: { enabled: true }
  keda: { enabled: true }
  reloader: { enabled: true }
  kafka: { enabled: true }
  risingwave: { enabled: true, topic: predictions }
  external-secrets:
    enabled: true
    store:
      kind: fake
      fake: { data: { "dev/database": '{"password":"from the store"}' } }
`;

/** Of an app: its password out of the store. */
export const database =
  'database: { externalSecret: { key: dev/database, property: password, refresh: 1s } }';
/** Of an app: KEDA's kinds. */
export const scaledByTime =
  'autoscaling: { kind: keda, min: 0, max: 4, triggers: [{ type: cron, start: 0 8 * * *, end: 0 18 * * *, replicas: 2 }] }';

/**
 * Switches every component on in `dev`, and commits that.
 *
 * @param app Values of prediction-api: by default they use every kind that a component brings.
 */
export async function withAllComponents(
  machine: Machine,
  app: readonly string[] = ['replicas: 1', scaledByTime, database],
): Promise<void> {
  const before = 'replicas: 1\n    logLevel: debug\n    # after';
  await machine.edit(values, before, [...app, '# after'].join('\n    '));
  await machine.edit(values, 'sizing: small\n', `sizing: small\n${components}`);
  await commitRendered(machine, 'With all components');
}
