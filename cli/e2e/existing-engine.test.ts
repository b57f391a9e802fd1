import { execFile, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { removeOwned } from '../lifecycle/remove-owned.ts';
import { systemClock } from '../ports/clock.ts';
import { borrowCluster, type BorrowedCluster } from '../testing/borrowed-cluster.ts';
import { newMachine, type Machine, type Ran } from '../testing/e2e-machine.ts';
import { officialManifests, startArtifactRegistry, type ArtifactRegistry } from '../testing/flux-artifact.ts';
import { startHttpsHost, type HttpsHost } from '../testing/git-https-host.ts';
import { versions } from '../toolchain/versions.ts';

// The platform comes into a cluster that was there before, and goes again.
const token = 'glpat-aiNgoo7Eeth4';
let machine: Machine;
let https: HttpsHost;
let cluster: BorrowedCluster;
let registry: ArtifactRegistry;
const artifact = 'fluxcd/flux-manifests';
const kubeconfig = (): string => join(machine.home, '.kube/config');
const names = async (...args: string[]): Promise<string[]> =>
  (await cluster.kubectl(['get', ...args, '--output=name', '--ignore-not-found']))
    .split('\n')
    .filter(Boolean);

async function withInput(
  input: string,
  ...args: string[]
): Promise<Pick<Ran, 'exitCode' | 'stdout' | 'stderr'>> {
  const child = spawn(join(machine.clone, 'platform'), args, { cwd: machine.clone, env: machine.env });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
  child.stdin.end(input);
  const exitCode = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { exitCode, stdout, stderr };
}

beforeAll(async () => {
  machine = await newMachine();
  cluster = await borrowCluster(join(machine.folder, 'elsewhere'), 'ops');
  await cluster.startControllers();
  const repositories = join(machine.folder, 'hosted');
  for (const folder of [repositories, join(machine.home, '.kube')]) mkdirSync(folder);
  machine.git('init', '--quiet', '--bare', '--initial-branch=main', join(repositories, 'shop.git'));
  https = await startHttpsHost(repositories);
  https.accept('ada', token);
  const foreign = readFileSync(cluster.kubeconfig, 'utf8');
  writeFileSync(
    kubeconfig(),
    foreign.replaceAll('ops-borrowed', 'acme-stage').replace(/^current-context: .*$/m, 'current-context: ""'),
  );
  await machine.write('git-ca.pem', https.ca);
  const platform = readFileSync(join(machine.clone, 'platform.yaml'), 'utf8');
  const git = ['branch: main', `remote: ${https.url('shop.git')}`, 'username: ada', 'caFile: git-ca.pem'];
  await machine.write(
    'platform.yaml',
    platform.replace(/^git:\n(?: .*\n)+\n/m, `git:\n${git.map((line) => `  ${line}\n`).join('')}\n`),
  );
  await machine.edit(
    'clusters/stage/values.yaml',
    '  backfill:\n    image: { tag: 0.1.0 }\n    lastDays: 30\n',
    '  backfill: { enabled: false }\n',
  );
  registry = await startArtifactRegistry(machine.folder);
  const official = join(machine.folder, 'official');
  await registry.push(artifact, `v${versions.flux}`, await officialManifests(official));
  const next = (text: string): string =>
    text
      .replaceAll(/(image: ghcr.io\/fluxcd\/[a-z-]+):v.*/g, '$1:v9.0.0')
      .replaceAll(
        'controller-gen.kubebuilder.io/version:',
        'next: "9"\n    controller-gen.kubebuilder.io/version:',
      );
  await registry.push(artifact, 'v9.0.0', await officialManifests(official, next));
  const stage = readFileSync(join(machine.clone, 'clusters/stage/values.yaml'), 'utf8');
  const from = `flux:\n  manifests: { url: "oci://${registry.host}/${artifact}", insecure: true }\n`;
  await machine.write('clusters/stage/values.yaml', stage + from);
  expect((await machine.platform('render', 'stage')).exitCode).toBe(0);
  machine.git('add', '--all');
  machine.git('commit', '--message', 'Follow the shop');
  machine.git('config', 'http.sslCAInfo', join(machine.clone, 'git-ca.pem'));
  machine.git('config', 'credential.helper', `store --file='${join(machine.folder, 'store')}'`);
  writeFileSync(join(machine.folder, 'store'), `${https.url('').replace('//', `//ada:${token}@`)}\n`);
  machine.git('remote', 'set-url', 'origin', https.url('shop.git'));
  await promisify(execFile)('git', ['push', '--quiet', 'origin', 'HEAD:main'], {
    cwd: machine.clone,
    env: machine.env,
  });
});
afterAll(async () => {
  await cluster.remove();
  await https.close();
  registry.stop();
  expect(await machine.dispose()).toEqual([]);
});

describe('bootstrap of an existing cluster', () => {
  it('puts the platform into it, and changes no kubeconfig', async () => {
    const before = readFileSync(kubeconfig(), 'utf8');
    const { exitCode, stderr } = await withInput(`${token}\n`, 'bootstrap', 'stage', '--git-token-stdin');
    expect(exitCode, stderr).toBe(0);
    expect(readFileSync(kubeconfig(), 'utf8')).toBe(before);
    expect(await names('deployments', '--namespace=flux-system')).toHaveLength(3);
    expect((await machine.json('status', 'stage')).document.data).toMatchObject({
      engine: 'existing',
      state: 'running',
      context: 'acme-stage',
      model: { ready: true },
    });
  });

  it('works from a machine that knows nothing of it but the context', async () => {
    await rm(join(machine.home, '.local/state'), { recursive: true });
    expect((await machine.platform('status', 'stage')).exitCode).toBe(0);
    for (const command of ['stop', 'start']) {
      expect((await machine.json(command, 'stage')).document.error).toMatchObject({
        code: 'ENGINE_UNSUPPORTED',
        message: 'the cluster of stage was not made by this program, which neither stops nor starts it',
      });
    }
  });
});

describe('flux check', () => {
  it('finds what is pinned, and tells what is not', async () => {
    const { exitCode, document } = await machine.json('flux', 'check', 'stage');
    expect({ exitCode, data: document.data }).toMatchObject({ exitCode: 0, data: { same: true } });
    await cluster.kubectl([
      'set',
      'image',
      'deployment/helm-controller',
      '--namespace=flux-system',
      'manager=example.test/h:v0',
    ]);

    const other = await machine.platform('flux', 'check', 'stage');

    expect(other.exitCode).toBe(1);
    expect(other.stdout).toMatch(
      /^helm-controller +another +example.test\/h:v0 +pinned: ghcr.io\/fluxcd\/helm-controller:v/m,
    );
    expect(other.stdout).toMatch(/^kustomizations.kustomize.toolkit.fluxcd.io +as pinned +v1/m);
    expect(other.stderr).toContain('platform bootstrap stage');
  });
});

describe('Flux', () => {
  const image = [
    'get',
    'deployments',
    '--namespace=flux-system',
    '--output=jsonpath={range .items[*]}{.spec.template.spec.containers[0].image} {end}',
  ];

  it('manages itself by the official artifact, without what is not used', async () => {
    const owner = '--selector=kustomize.toolkit.fluxcd.io/name=flux';
    expect(await names('deployments', '--all-namespaces', owner)).toEqual(
      ['helm', 'kustomize', 'source'].map((name) => `deployment.apps/${name}-controller`),
    );
    expect(await names('serviceaccount', 'notification-controller', '--namespace=flux-system')).toEqual([]);
    expect(await names('crds', owner)).toHaveLength(8);
    expect(await names('crd', 'alerts.notification.toolkit.fluxcd.io')).toEqual([]);
    const args = [
      'get',
      'deployment/kustomize-controller',
      '--namespace=flux-system',
      '--output=jsonpath={.spec.template.spec.containers[0].args}',
    ];
    expect(await cluster.kubectl(args)).toContain('"--requeue-dependency=1s"');
    expect(
      await names('clusterrolebindings', '--selector=app.kubernetes.io/instance=flux-system'),
    ).toHaveLength(2);
  });

  it('takes definitions and controllers of another version together, when its pin is pushed', async () => {
    const tag = (value: string): Promise<string> =>
      cluster.kubectl([
        'patch',
        'ocirepository/flux-manifests',
        '--namespace=flux-system',
        '--field-manager=kustomize-controller', // the inventory compares what that one owns
        '--type=merge',
        `--patch={"spec":{"ref":{"tag":"${value}"}}}`,
      ]);
    await tag('v9.0.0');
    await vi.waitFor(async () => expect((await cluster.kubectl(image)).match(/:v9.0.0/g)).toHaveLength(3), {
      timeout: 60_000,
      interval: 500,
    });
    const crd = [
      'get',
      'crd',
      'gitrepositories.source.toolkit.fluxcd.io',
      '--output=jsonpath={.metadata.annotations.next}',
    ];
    expect(await cluster.kubectl(crd)).toBe('9');
    await tag(`v${versions.flux}`);
    await vi.waitFor(async () => expect(await cluster.kubectl(image)).not.toContain('v9'), {
      timeout: 60_000,
      interval: 500,
    });
  });
});

describe('nuke-and-rebuild there', () => {
  it('takes out what Flux brought, leaves what others have, and proves that all came back', async () => {
    await cluster.kubectl(['create', 'configmap', 'of-others', '--namespace=ml']);
    const { exitCode, document, stderr } = await machine.json('nuke-and-rebuild', 'stage', '--confirm=stage');
    expect(exitCode, stderr + JSON.stringify(document)).toBe(0);
    expect(document.data).toMatchObject({ equal: true });
    expect(await names('configmap', 'of-others', '--namespace=ml')).toHaveLength(1);
  });
});

describe('delete there', () => {
  const source = {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'GitRepository',
    metadata: { name: 'team-b', namespace: 'default' },
    spec: { interval: '1h', url: 'https://git.example.test/team-b' },
  };

  it('asks with the name of the context', async () => {
    const { exitCode, stderr } = await machine.platform('delete', 'stage');
    expect(exitCode).toBe(3);
    expect(stderr).toContain('out of the cluster of the context acme-stage (https://127.0.0.1:');
  });

  it('names what does not go, with its finalizer, and goes on when that is mended', async () => {
    const finalizers = (value: string): Promise<string> =>
      cluster.kubectl([
        'patch',
        'configmap/trades',
        '--namespace=ml',
        '--type=merge',
        `--patch={"metadata":{"finalizers":${value}}}`,
      ]);
    await finalizers('["example.test/backup"]');
    const removal = { kube: cluster.kube, clock: systemClock, kubectl: 'kubectl', timeoutMs: 4_000 };

    await expect(removeOwned(removal, () => undefined)).rejects.toMatchObject({
      code: 'REMOVAL_STUCK',
      message:
        'Kustomization/flux-system/trades was not removed within 4 s: ConfigMap/ml/trades does not go away: it waits for whoever answers its finalizer example.test/backup',
      hint: `Bring back what answers example.test/backup; if that is gone for good: kubectl patch configmap trades --namespace=ml --type=merge --patch='{"metadata":{"finalizers":null}}'`,
    });
    expect(await names('deployment', 'prediction-api', '--namespace=ml')).toHaveLength(1); // it comes later
    await finalizers('null');
  });

  it('leaves what is not ours, and Flux while somebody else needs it', async () => {
    await cluster.kubectl(['apply', '--filename=-'], source);
    const { exitCode, document, stderr } = await machine.json('delete', 'stage', '--confirm=stage');
    expect(exitCode, stderr).toBe(0);
    expect(document.warnings).toEqual([
      'Namespace/ml stays: it holds ConfigMap/ml/of-others, which Flux did not bring',
      'Flux stays: GitRepository/default/team-b of somebody else need it',
    ]);
    expect(await names('all,configmap,secret', '--namespace=ml')).toEqual([
      'configmap/kube-root-ca.crt',
      'configmap/of-others',
    ]);
    expect(await names('secret', '--namespace=flux-system')).toEqual([]);
    expect(await names('deployments', '--namespace=flux-system')).toHaveLength(3);
  });

  it('takes Flux and its definitions out last', async () => {
    await cluster.kubectl(['delete', '--filename=-'], source);
    await cluster.kubectl(['delete', 'configmap', 'of-others', '--namespace=ml']);
    const { exitCode, document, stderr } = await machine.json('delete', 'stage', '--confirm=stage');
    expect(exitCode, stderr).toBe(0);
    expect(document.warnings).toEqual([]);
    expect(await names('crds')).toEqual([]);
    expect(await names('namespaces')).toEqual(
      ['default', 'kube-node-lease', 'kube-public', 'kube-system'].map((name) => `namespace/${name}`),
    );
    expect(await names('clusterroles', '--selector=app.kubernetes.io/instance=flux-system')).toEqual([]);
    expect((await machine.json('status', 'stage')).document.data).toMatchObject({ state: 'absent' });
  });
});
