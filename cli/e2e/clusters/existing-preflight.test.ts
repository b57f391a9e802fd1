import { mkdtemp, rm, writeFile, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import type { ClusterSpec, EngineDeps } from '../../engines/engine.ts';
import { existingEngine } from '../../engines/existing/existing-engine.ts';
import type { PlatformError } from '../../errors/platform-error.ts';
import { systemClock } from '../../ports/clock.ts';
import { connectKube } from '../../ports/kube-client.ts';
import { locationsFrom } from '../../ports/locations.ts';
import { borrowCluster, type BorrowedCluster } from '../../testing/borrowed-cluster.ts';
import { realRun, toolDeps } from '../../testing/real-tools.ts';
import { repositoryRoot } from '../../testing/repository-root.ts';

// A real API server, and what may keep the platform out of it.
const remote = 'https://git.example.test/acme/platform.git';
let folder: string;
let cluster: BorrowedCluster;
let spec: ClusterSpec;
const quiet = (): void => undefined;

const environment = (context: string): ClusterSpec['environment'] =>
  ({
    name: 'stage',
    client: 'acme',
    git: { branch: 'main', remote },
    values: { engine: 'existing', cluster: { context }, flux: { registry: 'ghcr.io/fluxcd', tags: {} } },
  }) as unknown as ClusterSpec['environment'];

/** What keeps the platform out of the cluster of a context. */
async function refusal(context = 'work'): Promise<PlatformError> {
  const engine = existingEngine(deps(), environment(context));
  return engine.start(spec, quiet).then(
    () => Promise.reject(new Error('the cluster was taken')),
    (error: unknown) => error as PlatformError,
  );
}

function deps(): EngineDeps {
  const { cache, path, toolDirectories } = toolDeps.locations;
  const own = locationsFrom({ HOME: folder, KUBECONFIG: join(folder, 'config') });
  return {
    root: repositoryRoot,
    home: repositoryRoot,
    clock: systemClock,
    connect: connectKube,
    run: realRun(),
    locations: { ...own, cache, path, toolDirectories },
  };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'existing preflight '));
  cluster = await borrowCluster(folder, 'pre');
  spec = { environment: environment('work'), repository: '' };
  await cluster.kubectl(['create', 'namespace', 'flux-system']);
  await cluster.kubectl(['create', 'serviceaccount', 'intern', '--namespace=default']);
  await cluster.kubectl([
    'create',
    'rolebinding',
    'intern',
    '--namespace=default',
    '--clusterrole=edit',
    '--serviceaccount=default:intern',
  ]);
  const token = (await cluster.kubectl(['create', 'token', 'intern', '--namespace=default'])).trim();
  const config = parse(await readFile(cluster.kubeconfig, 'utf8')) as Record<string, { name: string }[]>;
  const name = config['contexts']?.[0]?.name ?? '';
  const own = {
    ...config,
    contexts: [
      { name: 'work', context: { cluster: name, user: name } },
      { name: 'intern', context: { cluster: name, user: 'intern' } },
      { name: 'other', context: { cluster: 'other', user: name } },
    ],
    users: [...(config['users'] ?? []), { name: 'intern', user: { token } }],
    clusters: [...(config['clusters'] ?? []), { name: 'other', cluster: { server: 'https://127.0.0.1:1' } }],
    'current-context': 'other',
  };
  await writeFile(join(folder, 'config'), stringify(own), { mode: 0o600 });
});
afterAll(async () => {
  await cluster.remove();
  await rm(folder, { recursive: true });
});

describe('the context', () => {
  it('is the one that values name, never the current one, and a misspelt one is told', async () => {
    expect(await refusal('worc')).toMatchObject({
      code: 'KUBECONFIG_UNUSABLE',
      message: `no context worc in ${join(folder, 'config')}; did you mean work?`,
      hint: 'kubectl config get-contexts, then edit cluster.context in clusters/stage/values.yaml',
    });
    expect(await refusal('other')).toMatchObject({ code: 'CLUSTER_UNREACHABLE' });
  });

  it('is not changed, and nothing is kept on this machine', async () => {
    const before = await readFile(join(folder, 'config'), 'utf8');
    const engine = existingEngine(deps(), environment('work'));
    expect(await engine.start(spec, quiet)).toEqual({ kubeconfig: join(folder, 'config'), context: 'work' });
    expect(await engine.status()).toMatchObject({ state: 'absent' });
    expect(await readFile(join(folder, 'config'), 'utf8')).toBe(before);
  });
});

describe('a user without the rights', () => {
  it('is told all that is missing at once, before anything is applied', async () => {
    const { code, message, hint } = await refusal('intern');
    expect(code).toBe('CLUSTER_UNFIT');
    expect(message).toMatch(/its user lacks \d+ rights: /);
    for (const right of [
      'create customresourcedefinitions.apiextensions.k8s.io',
      'bind clusterroles.rbac.authorization.k8s.io/cluster-admin',
      'escalate clusterroles.rbac.authorization.k8s.io/crd-controller-flux-system',
      'patch deployments.apps in flux-system',
      'create secrets in flux-system',
    ])
      expect(message).toContain(right);
    expect(hint).toContain('--context intern auth whoami');
  });
});

describe('what runs there already', () => {
  const controller = (namespace: string, labels: object, annotations = {}): object => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'kustomize-controller',
      namespace,
      labels: { 'app.kubernetes.io/part-of': 'flux', ...labels },
      annotations,
    },
    spec: {
      replicas: 0,
      selector: { matchLabels: { app: 'k' } },
      template: { metadata: { labels: { app: 'k' } }, spec: { containers: [{ name: 'm', image: 'a' }] } },
    },
  });
  const replaced = async (object: object, work: () => Promise<void>): Promise<void> => {
    await cluster.kubectl(['apply', '--filename=-'], object);
    await work();
    await cluster.kubectl(['delete', '--filename=-'], object);
  };

  it('is refused where it is newer, where it lies elsewhere, and where Helm would undo the change', async () => {
    const newer = controller('flux-system', { 'app.kubernetes.io/version': 'v9.0.0' });
    await replaced(newer, async () => {
      expect((await refusal()).message).toContain('Flux v9.0.0 runs here, newer than v');
    });
    await replaced(controller('default', {}), async () => {
      expect(await refusal()).toMatchObject({
        code: 'CLUSTER_UNFIT',
        message: expect.stringContaining(
          'Flux runs in another namespace (Deployment/default/kustomize-controller)',
        ) as string,
        hint: 'Uninstall that one: flux uninstall --namespace=default',
      });
    });
    const helm = { 'meta.helm.sh/release-name': 'flux2', 'meta.helm.sh/release-namespace': 'ops' };
    await replaced(controller('flux-system', { 'app.kubernetes.io/version': 'v9.0.0' }, helm), async () => {
      const { message, details } = await refusal();
      expect(message).toMatch(/for 2 reasons$/);
      expect(details.map((each) => each.hint)).toContain(
        'If nobody needs that release: helm uninstall flux2 --namespace ops',
      );
    });
  });

  it('is adopted where it is older', async () => {
    await replaced(controller('flux-system', { 'app.kubernetes.io/version': 'v2.0.0' }), async () => {
      const engine = existingEngine(deps(), environment('work'));
      await expect(engine.start(spec, quiet)).resolves.toMatchObject({ context: 'work' });
    });
  });

  it('is refused where another repository, or another environment, follows it', async () => {
    await cluster.startControllers();
    const source = (name: string, url: string): object => ({
      apiVersion: 'source.toolkit.fluxcd.io/v1',
      kind: 'GitRepository',
      metadata: { name, namespace: 'flux-system' },
      spec: { interval: '1h', url },
    });
    await replaced(source('flux-system', 'https://ada:secret@git.example.test/fleet'), async () => {
      const { code, message } = await refusal();
      expect(code).toBe('CLUSTER_UNFIT');
      expect(message).toContain('another GitOps repository manages Flux here');
      expect(message).not.toContain('secret');
    });
    await replaced(source('platform', 'https://git.example.test/other'), async () => {
      expect(await refusal()).toMatchObject({
        code: 'CLUSTER_FOREIGN',
        message:
          'the cluster of the context work holds the platform of another repository, https://git.example.test/other',
      });
    });
    const root = {
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata: { name: 'platform', namespace: 'flux-system' },
      spec: {
        interval: '1h',
        path: './clusters/prod/flux',
        prune: false,
        sourceRef: { kind: 'GitRepository', name: 'platform' },
      },
    };
    await replaced(root, async () => {
      expect((await refusal()).message).toContain('holds the platform of the environment prod');
    });
    await replaced(source('platform', 'ssh://git@git.example.test/acme/platform'), async () => {
      const engine = existingEngine(deps(), environment('work'));
      await expect(engine.start(spec, quiet)).resolves.toMatchObject({ context: 'work' });
    });
  });
});
