import type { Machine } from './e2e-machine.ts';

const values = 'clusters/dev/values.yaml';

const components = `
components:
  metrics-server: { enabled: true }
  keda: { enabled: true }
  reloader: { enabled: true }
  kafka: { enabled: true }
  risingwave: { enabled: true }
  external-secrets:
    enabled: true
    store:
      kind: fake
      fake: { data: { "dev/database": '{"password":"from the store"}' } }
`;

const app = `replicas: 1
    autoscaling: { kind: keda, min: 0, max: 3, triggers: [{ type: cron, start: 0 8 * * *, end: 0 18 * * *, replicas: 2 }] }
    database: { externalSecret: { key: dev/database, property: password, refresh: 1s } }
`;

/** Switches every component on in `dev`, and lets prediction-api use those that have kinds of their own; commits that. */
export async function withAllComponents(machine: Machine): Promise<void> {
  await machine.edit(values, 'replicas: 1\n    logLevel: debug\n    # after', `${app}    # after`);
  await machine.edit(values, 'sizing: small\n', `sizing: small\n${components}`);
  const { exitCode, stderr } = await machine.platform('render', 'dev');
  if (exitCode !== 0) throw new Error(stderr);
  machine.git('add', '--all');
  machine.git('commit', '--message', 'With all components');
}
