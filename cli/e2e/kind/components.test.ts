import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  chartsUrl,
  clusterIsUp,
  nodeId,
  onNode,
  packComponents,
  serveCharts,
  type ComponentImages,
} from '../../testing/cluster-components.ts';
import { commitRendered } from '../../testing/commit-rendered.ts';
import { withoutBackfill, type Machine } from '../../testing/e2e-machine.ts';
import { docker, newKindMachine } from '../../testing/kind-machine.ts';
import { loadImages } from '../../testing/packed-image.ts';
import { versions } from '../../toolchain/versions.ts';

// KEDA and External Secrets with real pods, from the overlays that are rendered to the last webhook. Their programs are built from Go
// modules, and a pod serves their charts. Reloader is not here: neither its image nor its Go module can be had everywhere, and its
// manifests alone say nothing about it.
const cluster = 'kindparts-dev';
const values = 'clusters/dev/values.yaml';
const release = 'templates/infrastructure/controllers/external-secrets/overlays/release.yaml.njk';
const minutes = (count: number): number => count * 60_000;
let machine: Machine;
let images: ComponentImages;

/** A window of cron, in hours from now; in UTC. */
const hours = (from: number, to: number): string => {
  const at = (hour: number): string => `0 ${String((new Date().getUTCHours() + 24 + hour) % 24)} * * *`;
  return `start: "${at(from)}", end: "${at(to)}"`;
};
const [open, closed] = [hours(-2, 3), hours(8, 10)];

const components = `
components:
  keda: { enabled: true, repository: "${chartsUrl}" }
  external-secrets: { enabled: true, repository: "${chartsUrl}", store: { kind: kubernetes } }
`;
const app = `replicas: 1
    database: { externalSecret: { key: database, property: password, refresh: 5s } }
    autoscaling:
      kind: keda
      min: 0
      max: 4
      triggers:
        - { type: cron, ${open}, replicas: 2 }
        - { type: workload, podSelector: queue=predictions, podsEach: 1 }
    # after`;

beforeAll(async () => {
  images = await packComponents();
  machine = await newKindMachine('kindparts');
  await withoutBackfill(machine);
  await machine.edit(values, 'replicas: 1\n    logLevel: debug\n    # after', app);
  await machine.edit(values, 'sizing: small\n', `sizing: small\n${components}`);
  // Newer charts start a program that does not build as one Go module.
  const older = `version: "${versions['external-secrets-embedded']}"`;
  await machine.edit(release, 'version: #{ pin.chart | dump }#', older);
  await commitRendered(machine, 'With components');
}, minutes(60)); // where KEDA has to be built first
afterAll(async () => expect(await machine.dispose()).toEqual([]));

async function push(message: string, from: string, to: string): Promise<void> {
  await machine.edit(values, from, to);
  await commitRendered(machine, message);
  machine.git('push', 'dev');
}

/** What lies in the store: a Secret of its namespace, which somebody fills. */
const stored = (password: string): object[] => [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'secret-source' } },
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'database', namespace: 'secret-source' },
    stringData: { password },
  },
];

interface FluxObject {
  readonly metadata: { readonly name: string };
  readonly status?: { readonly conditions?: { type: string; status: string; reason: string }[] };
}

/** Why a Kustomization of Flux is not Ready, by name; `Ready` where it is. */
function kustomizations(): Record<string, string> {
  const list = onNode(cluster, ['get', 'kustomizations', '--namespace=flux-system', '--output=json']);
  return Object.fromEntries(
    (JSON.parse(list) as { items: FluxObject[] }).items.map(({ metadata, status }) => {
      const ready = status?.conditions?.find(({ type }) => type === 'Ready');
      return [metadata.name, ready?.status === 'True' ? 'Ready' : (ready?.reason ?? 'new')];
    }),
  );
}

/** Runs a command that makes the cluster. What answers webhooks cannot start before the webhooks are registered. */
async function bringUp(...command: string[]): Promise<void> {
  const before = nodeId(cluster);
  const running = machine.start(...command);
  await clusterIsUp(cluster, before);
  await serveCharts(cluster, images, stored('from the store'));
  const registered = ['get', 'validatingwebhookconfiguration', 'externalsecret-validate', 'keda-admission'];
  await vi.waitFor(() => onNode(cluster, registered), { timeout: minutes(5), interval: 1_000 });
  expect(kustomizations()).toMatchObject({
    'external-secrets-config': 'DependencyNotReady',
    'prediction-api': 'DependencyNotReady',
  });
  await loadImages(cluster, images.controllers);
  const { exitCode, stdout, stderr } = await running.ended;
  expect(exitCode, stdout + stderr).toBe(0);
  expect(new Set(Object.values(kustomizations()))).toEqual(new Set(['Ready']));
  const events = await machine.kubectl('get', 'events', '--namespace=flux-system', '--output=json');
  expect(events).not.toContain('failed calling webhook');
}

/** Pods of prediction-api that are Ready and not on their way out. */
async function pods(): Promise<number> {
  const label = '--selector=app.kubernetes.io/name=prediction-api';
  const list = await machine.kubectl('get', 'pods', '--namespace=ml', label, '--output=json');
  const { items } = JSON.parse(list) as {
    items: {
      metadata: { deletionTimestamp?: string };
      status: { conditions?: { type: string; status: string }[] };
    }[];
  };
  return items.filter(
    ({ metadata, status }) =>
      metadata.deletionTimestamp === undefined &&
      status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true,
  ).length;
}

async function secret(): Promise<string> {
  const args = ['-n', 'ml', '-o', 'jsonpath={.data.password}'];
  return Buffer.from(
    await machine.kubectl('get', 'secret', 'prediction-api-database', ...args),
    'base64',
  ).toString();
}

/** The passwords that pods were started with, seen by their node: the image has no shell. */
function passwordsOfPods(): string[] {
  const find =
    'for p in /proc/[0-9]*; do tr "\\0" "\\n" 2>/dev/null < $p/environ; done | grep ^DATABASE_PASSWORD= | sort -u';
  return docker('exec', `${cluster}-control-plane`, 'sh', '-c', find)
    .trim()
    .split('\n')
    .map((line) => line.replace('DATABASE_PASSWORD=', ''));
}

const eventually = async (check: () => Promise<void> | void, timeout = minutes(4)): Promise<void> =>
  vi.waitFor(check, { timeout, interval: 1_000 });

const becomesWell = async (): Promise<void> =>
  eventually(async () => expect((await machine.platform('status', 'dev')).exitCode).toBe(0));

it(
  'waits on a fresh cluster for webhooks that answer late, and nothing gets stuck',
  { timeout: minutes(20) },
  async () => {
    await bringUp('bootstrap', 'dev');
    const { stdout } = await machine.platform('status', 'dev');
    expect(stdout).not.toContain('stand-in');
  },
);

describe('External Secrets', () => {
  it('gives a pod the value that lies in the store', async () => {
    await eventually(async () => expect(await pods()).toBe(2)); // KEDA's trigger of time asks for two
    expect(await secret()).toBe('from the store');
    expect(passwordsOfPods()).toEqual(['from the store']);
  });

  it('refuses by its webhook what is wrong', () => {
    const wrong = {
      apiVersion: 'external-secrets.io/v1',
      kind: 'ExternalSecret',
      metadata: { name: 'empty', namespace: 'ml' },
      spec: { secretStoreRef: { kind: 'ClusterSecretStore', name: 'platform' } },
    };
    expect(() =>
      onNode(cluster, ['apply', '--dry-run=server', '--filename=-'], JSON.stringify(wrong)),
    ).toThrow('validate.externalsecret.external-secrets.io');
  });

  it('brings a value that changes while pods start to the Secret; no pod is without one, and the next ones have it', async () => {
    const restart = async (): Promise<string> =>
      machine.kubectl('rollout', 'restart', 'deployment/prediction-api', '--namespace=ml');
    await restart();
    const list = { apiVersion: 'v1', kind: 'List', items: stored('rotated in the store') };
    onNode(cluster, ['apply', '--filename=-'], JSON.stringify(list));
    await machine.kubectl('rollout', 'status', 'deployment/prediction-api', '-n=ml', '--timeout=180s');
    for (const each of passwordsOfPods()) expect(['from the store', 'rotated in the store']).toContain(each);

    await eventually(async () => expect(await secret()).toBe('rotated in the store'));
    await restart();
    await eventually(() => expect(passwordsOfPods()).toEqual(['rotated in the store']));
  });

  it('names the store and the key where the store has no such key, and the Secret stays', async () => {
    await push('A key that is not there', 'property: password', 'property: passwort');

    await eventually(async () => {
      const { stdout } = await machine.platform('status', 'dev');
      expect(stdout).toContain('ExternalSecret ml/prediction-api-database');
      expect(stdout).toContain('cannot be read from ClusterSecretStore platform');
      expect(stdout).toContain('passwort');
    });
    expect(await secret()).toBe('rotated in the store');
    await push('The key again', 'property: passwort', 'property: password');
    await becomesWell();
  });

  it(
    'says that the store cannot be read, and is well by itself when it can',
    { timeout: minutes(15) },
    async () => {
      const store = ['dev', 'ks/external-secrets-config'];
      const suspended = await machine.platform('suspend', ...store, '--reason', 'Flux would mend it');
      expect(suspended.exitCode, suspended.stderr).toBe(0);
      await machine.kubectl('delete', 'rolebinding', 'secret-store', '--namespace=secret-source');

      await eventually(async () => {
        const { stdout } = await machine.platform('why', 'dev', 'externalsecret/ml/prediction-api-database');
        expect(stdout).toContain('ClusterSecretStore platform');
        expect(stdout).toContain('forbidden');
      });
      expect(await secret()).toBe('rotated in the store');

      const resumed = await machine.platform('resume', ...store);
      expect(resumed.exitCode, resumed.stderr).toBe(0);
      await becomesWell();
    },
  );
});

describe('KEDA', () => {
  beforeAll(async () => {
    // Five minutes of quiet, by default, until pods go: nobody wants to wait for that here.
    const spec = { pollingInterval: 2, cooldownPeriod: 5 };
    const patch = `--patch=${JSON.stringify({ spec })}`;
    const args = ['--namespace=ml', '--type=merge', '--field-manager=impatient', patch];
    await machine.kubectl('patch', 'scaledobject', 'prediction-api', ...args);
  });

  it('stops all pods when the time is over, and that is well', async () => {
    expect(await pods()).toBe(2);
    await push('Closing time', open, closed);

    await eventually(async () => expect(await pods()).toBe(0));
    await becomesWell();
  });

  it('starts pods for other pods, and stops them with those', async () => {
    const labels = { queue: 'predictions' };
    const work = ['one', 'two', 'three'].map((name) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'ml', labels },
      spec: {
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          {
            name: 'work',
            image: images.charts,
            args: ['/files'],
            securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
          },
        ],
      },
    }));
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: work });
    onNode(cluster, ['apply', '--filename=-'], list);

    await eventually(async () => expect(await pods()).toBe(3));
    await becomesWell();
    await machine.kubectl('delete', 'pods', '--namespace=ml', '--selector=queue=predictions');
    await eventually(async () => expect(await pods()).toBe(0));
  });

  it('starts pods when it is time again', async () => {
    await push('Opening time', closed, open);
    // Two, or as many as there were for the other pods: an autoscaler keeps to the most that it wanted in the last five minutes.
    await eventually(async () => expect(await pods()).toBeGreaterThanOrEqual(2));
    await becomesWell();
  });
});

// Minutes each: with FAULTS=whole, as the matrix of faults.
describe.runIf(process.env['FAULTS'] === 'whole')('nuke-and-rebuild', () => {
  it.each([1, 2, 3])('waits for late webhooks each time (%i)', { timeout: minutes(20) }, async () => {
    await bringUp('nuke-and-rebuild', 'dev', '--confirm', 'dev');
  });
});
