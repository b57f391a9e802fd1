import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { composeFlux } from '../../engines/flux/compose.ts';
import { docker } from '../../testing/kind-machine.ts';
import type { Machine } from '../../testing/e2e-machine.ts';
import { realRun, toolDeps } from '../../testing/real-tools.ts';
import { assetDirectory } from '../../toolchain/assets.ts';
import { ensurePrograms } from '../../toolchain/ensure-programs.ts';
import { timed } from '../timed.ts';
import { allReady } from './bare-cluster.ts';
import { serveGit } from './git-server.ts';
import { asApplied } from './recipe.ts';

/** What a person would type, with everything that takes thought decided. */
export interface KindRecipe {
  readonly programs: { readonly kind: string; readonly kubectl: string };
  /** Of kind; the name of the cluster is in it. */
  readonly config: string;
  readonly name: string;
  readonly kubeconfig: string;
  /** That Docker has and nodes need. */
  readonly images: readonly string[];
  /** Files and a folder for kubectl, in the order of application. */
  readonly objects: {
    readonly crds: string;
    readonly first: string;
    readonly flux: string;
    readonly root: string;
  };
  readonly git: { readonly repository: string; readonly address: string; readonly port: number };
  readonly clone: string;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Writes down what the running kind cluster of `dev` consists of.
 *
 * @param folder An empty one.
 * @param client Of the machine.
 */
export async function takeKindRecipe(machine: Machine, client: string, folder: string): Promise<KindRecipe> {
  const { kind, kubectl } = await ensurePrograms(toolDeps, ['kind', 'kubectl'], () => undefined);
  const [cluster, name] = [`${client}-dev`, `${client}-hand`];
  const state = join(machine.home, '.local/state/platform', client, 'dev');
  const config = join(folder, 'kind.yaml');
  await writeFile(config, (await readFile(join(state, 'run/kind.yaml'), 'utf8')).replace(cluster, name));
  const file = async (title: string, items: readonly object[]): Promise<string> => {
    const path = join(folder, `${title}.json`);
    await writeFile(path, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    return path;
  };
  const get = async (...args: string[]): Promise<Record<string, unknown>[]> => {
    const found = JSON.parse(await machine.kubectl('get', ...args, '--output=json')) as {
      items?: Record<string, unknown>[];
    };
    return (found.items ?? [found as Record<string, unknown>]).filter(
      ({ type }) => type !== 'kubernetes.io/service-account-token',
    );
  };
  const sources = await get('gitrepository', 'platform', '--namespace=flux-system');
  const url = new URL((sources[0]?.['spec'] as { url: string }).url);
  const root = await get('kustomizations.kustomize.toolkit.fluxcd.io', 'platform', '--namespace=flux-system');
  const first = [
    ...(await get('namespace', 'flux-system', 'ml')),
    ...(await get('secrets', '--namespace=flux-system')),
    ...(await get('secrets', '--namespace=ml')),
  ];
  const manifests = await assetDirectory(toolDeps, 'flux-manifests');
  const flux = await composeFlux(
    realRun(),
    { root: machine.clone, manifests, temporary: folder },
    { registry: 'ghcr.io/fluxcd', tags: {} },
  );
  const used = await get('pods', '--all-namespaces');
  const wanted = used.flatMap(({ spec }) => (spec as { containers: { image: string }[] }).containers);
  const here = docker('images', '--format={{.Repository}}:{{.Tag}}').split('\n');
  const images = [...new Set(wanted.map(({ image }) => image))].filter(
    (image) => here.includes(image) && /^(ghcr\.io\/fluxcd|platform\.local)\//.test(image),
  );
  return {
    programs: { kind, kubectl },
    config,
    name,
    kubeconfig: join(folder, 'kubeconfig'),
    images,
    objects: {
      crds: await assetDirectory(toolDeps, 'flux-crds'),
      first: await file('first', first.map(asApplied)),
      flux: await file('flux', flux),
      root: await file('root', [...sources, ...root].map(asApplied)),
    },
    git: { repository: join(folder, 'hand.git'), address: url.hostname, port: Number(url.port) },
    clone: machine.clone,
    env: machine.env,
  };
}

/**
 * The floor of `platform bootstrap` on kind: kind makes the cluster and loads the images, kubectl applies the same
 * manifests and waits for the same. Nothing is checked or recorded, and nothing of the CLI's code is used.
 *
 * @returns Seconds until all is Ready; the cluster is gone then.
 */
export async function createByHand(recipe: KindRecipe): Promise<number> {
  const { programs, config, name, kubeconfig, images, objects, git, clone } = recipe;
  const env = { ...recipe.env, KUBECONFIG: kubeconfig };
  const kind = async (...args: string[]): Promise<unknown> => timed(programs.kind, args, { env });
  const kubectl = async (...args: string[]): Promise<string> =>
    (await timed(programs.kubectl, args, { env })).stdout;
  const apply = async (...args: string[]): Promise<string> => kubectl('apply', '--server-side', ...args);
  const wait = async (...args: string[]): Promise<string> => kubectl('wait', '--timeout=300s', ...args);
  await rm(git.repository, { recursive: true, force: true });
  await mkdir(git.repository);
  const started = performance.now();
  await timed('git', ['init', '--quiet', '--bare', '--initial-branch=main', git.repository], { env });
  await timed('git', ['push', '--quiet', git.repository, 'HEAD:refs/heads/main'], { cwd: clone, env });
  const stopGit = await serveGit(git.repository, git.port, git.address);
  try {
    await kind('create', 'cluster', `--config=${config}`, '--wait=180s');
    await Promise.all([
      kind('load', 'docker-image', `--name=${name}`, ...images),
      apply('--recursive', `--filename=${objects.crds}`),
      apply(`--filename=${objects.first}`),
    ]);
    await wait('--for=condition=Established', 'customresourcedefinitions', '--all');
    await apply(`--filename=${objects.flux}`);
    await wait('--for=condition=Available', 'deployments', '--all', '--namespace=flux-system');
    await apply(`--filename=${objects.root}`);
    await allReady(wait);
    return (performance.now() - started) / 1_000;
  } finally {
    stopGit();
    await kind('delete', 'cluster', `--name=${name}`);
  }
}
