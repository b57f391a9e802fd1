import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import getPort from 'get-port';
import { stateOf } from '../cluster-processes.ts';
import type { Machine } from '../../testing/e2e-machine.ts';

/** A program as the bare script starts it. */
export interface RecipePart {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly ready: {
    readonly url: string;
    readonly caFile?: string;
    readonly clientCertificate?: { readonly certFile: string; readonly keyFile: string };
    readonly tokenFile?: string;
  };
}

/** All that the bare script is given: everything that takes thought is decided, and nothing is started. */
export interface Recipe {
  /** Holds certificates, kubeconfigs and `objects/`; data of the cluster comes beside them. */
  readonly folder: string;
  readonly parts: readonly RecipePart[];
  /** What has to be in the cluster, in the order of application: files for kubectl. */
  readonly objects: { readonly first: string; readonly crds: string; readonly root: string };
  readonly kubectl: string;
  readonly git: { readonly repository: string; readonly port: number };
  /** The clone to push from. */
  readonly clone: string;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Writes down what a running cluster of `dev` consists of, moved to another folder and other ports, so that both can run
 * at a time: the same programs with the same flags, the same objects, the same certificates.
 *
 * @param folder An empty one.
 */
export async function takeRecipe(machine: Machine, kubectl: string, folder: string): Promise<Recipe> {
  const state = stateOf(machine);
  const move = await mover(state, folder);
  const plan = JSON.parse(move(await readFile(join(state, 'run/supervisor.json'), 'utf8'))) as {
    parts: RecipePart[];
    git: Recipe['git'];
  };
  await cp(join(state, 'pki'), join(folder, 'pki'), { recursive: true });
  for (const name of await readdir(join(folder, 'pki'))) {
    if (name.endsWith('.kubeconfig')) await rewrite(join(folder, 'pki', name), move);
  }
  await writeFile(join(folder, 'kubeconfig'), move(await readFile(join(state, 'kubeconfig'), 'utf8')));
  await mkdir(join(folder, 'run'));
  for (const name of await readdir(join(state, 'run'))) {
    if (name.endsWith('.yaml')) await cp(join(state, 'run', name), join(folder, 'run', name)); // KWOK's stages
  }
  await mkdir(join(folder, 'objects'));
  const file = async (name: string, items: object[]): Promise<string> => {
    const path = join(folder, 'objects', name);
    await writeFile(path, move(JSON.stringify({ apiVersion: 'v1', kind: 'List', items })));
    return path;
  };
  const get = async (...args: string[]): Promise<object[]> => {
    const text = await machine.kubectl('get', ...args, '--output=json');
    const found = JSON.parse(text) as { items?: object[] };
    return (found.items ?? [found]).map(asApplied);
  };
  return {
    folder,
    parts: plan.parts,
    objects: {
      first: await file('first.json', [
        ...(await get('namespace', 'flux-system', 'ml')),
        ...(await get('nodes')),
        ...(await get('storageclasses')),
        ...(await get('secrets', '--namespace=flux-system')),
        ...(await get('secrets', '--namespace=ml')),
      ]),
      crds: await file('crds.json', await get('customresourcedefinitions')),
      root: await file('root.json', [
        ...(await get('gitrepository', 'platform', '--namespace=flux-system')),
        ...(await get('kustomizations.kustomize.toolkit.fluxcd.io', 'platform', '--namespace=flux-system')),
      ]),
    },
    kubectl,
    git: plan.git,
    clone: machine.clone,
    env: machine.env,
  };
}

/** Replaces a cluster's folder and each of its ports by others. */
async function mover(state: string, folder: string): Promise<(text: string) => string> {
  const { ports } = JSON.parse(await readFile(join(state, 'cluster.json'), 'utf8')) as {
    ports: Record<string, number>;
  };
  const fresh = new Map<string, string>();
  for (const port of Object.values(ports))
    fresh.set(String(port), String(await getPort({ host: '127.0.0.1' })));
  const old = new RegExp(`\\b(${[...fresh.keys()].join('|')})\\b`, 'g');
  return (text) => text.replaceAll(state, folder).replace(old, (port) => fresh.get(port) ?? port);
}

async function rewrite(path: string, change: (text: string) => string): Promise<void> {
  await writeFile(path, change(await readFile(path, 'utf8')));
}

/** Without what the server adds; the status of a Node is what it can hold, and stays. */
export function asApplied(object: object): object {
  const { status, metadata, ...rest } = object as Record<string, unknown> & {
    metadata: Record<string, unknown>;
  };
  const { name, namespace, labels, annotations } = metadata;
  const kept = { metadata: { name, namespace, labels, annotations }, ...rest };
  return rest['kind'] === 'Node' ? { ...kept, status } : kept;
}
