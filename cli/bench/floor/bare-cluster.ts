import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { timed } from '../timed.ts';
import { serveGit } from './git-server.ts';
import type { Recipe, RecipePart } from './recipe.ts';

export interface BareCluster {
  readonly kubectl: (...args: string[]) => Promise<string>;
  readonly stop: () => Promise<void>;
}

/**
 * The floor of `platform bootstrap`: the same programs with the same flags, each started as soon as it can be, and the
 * same objects applied by kubectl. Nothing is checked, supervised or recorded, and nothing of the CLI's code is used.
 *
 * @returns When all that Flux applies is Ready.
 */
export async function startBareCluster(recipe: Recipe): Promise<BareCluster> {
  const { folder, parts, objects, git } = recipe;
  for (const path of ['etcd', 'logs', 'run/artifacts', 'run/tmp']) {
    await rm(join(folder, path), { recursive: true, force: true });
    await mkdir(join(folder, path), { recursive: true });
  }
  const running: ChildProcess[] = [];
  const start = async (names: readonly string[]): Promise<void> => {
    const wanted = parts.filter(({ name }) => names.includes(name));
    for (const part of wanted) running.push(await startPart(folder, part));
    await Promise.all(wanted.map(async ({ ready }) => answers(ready)));
  };
  const kubectl: BareCluster['kubectl'] = async (...args) => {
    const options = {
      env: { ...recipe.env, KUBECONFIG: join(folder, 'kubeconfig'), KUBECACHEDIR: join(folder, 'run/tmp') },
    };
    return (await timed(recipe.kubectl, args, options)).stdout;
  };
  const apply = async (path: string): Promise<string> =>
    kubectl('apply', '--server-side', '--filename', path);
  const wait = async (...args: string[]): Promise<string> => kubectl('wait', '--timeout=180s', ...args);

  await rm(git.repository, { recursive: true, force: true });
  const { env } = recipe;
  await timed('git', ['init', '--quiet', '--bare', '--initial-branch=main', git.repository], { env });
  await timed('git', ['push', '--quiet', git.repository, 'HEAD:refs/heads/main'], { cwd: recipe.clone, env });
  const stopGit = await serveGit(git.repository, git.port);
  try {
    await start(['etcd']);
    await start(['kube-apiserver']);
    const others = start(['kube-controller-manager', 'kube-scheduler', 'kwok']);
    await Promise.all([apply(objects.first).catch(async () => apply(objects.first)), apply(objects.crds)]);
    await wait('--for=condition=Established', 'customresourcedefinitions', '--all');
    await Promise.all([
      others,
      start(['source-controller', 'kustomize-controller', 'helm-controller']),
      apply(objects.root),
    ]);
    await allReady(wait);
  } catch (error) {
    await stopAll();
    throw error;
  }
  return { kubectl, stop: stopAll };

  async function stopAll(): Promise<void> {
    stopGit();
    for (const child of [...running].reverse()) await endOf(child);
  }
}

/** The same that `platform bootstrap` waits for: every Kustomization, Deployment and Job. */
export async function allReady(wait: (...args: string[]) => Promise<string>): Promise<void> {
  const kustomizations = 'kustomizations.kustomize.toolkit.fluxcd.io';
  await wait('--for=condition=Ready', `${kustomizations}/platform`, '--namespace=flux-system');
  await wait('--for=condition=Ready', kustomizations, '--all', '--namespace=flux-system');
  await Promise.all([
    wait('--for=condition=Available', 'deployments', '--all', '--namespace=ml'),
    wait('--for=condition=Complete', 'jobs', '--all', '--namespace=ml'),
  ]);
}

async function startPart(folder: string, { name, program, args, env }: RecipePart): Promise<ChildProcess> {
  const log = await open(join(folder, 'logs', `${name}.log`), 'a');
  const child = spawn(program, args, { env, stdio: ['ignore', log.fd, log.fd] });
  await log.close();
  return child;
}

/** Asks every 20 ms until it says yes. */
async function answers({
  url,
  caFile,
  clientCertificate: pair,
  tokenFile,
}: RecipePart['ready']): Promise<void> {
  const tls = {
    ...(caFile === undefined ? {} : { ca: await readFile(caFile) }),
    ...(pair ? { cert: await readFile(pair.certFile), key: await readFile(pair.keyFile) } : {}),
    ...(tokenFile === undefined
      ? {}
      : { headers: { authorization: `Bearer ${(await readFile(tokenFile, 'utf8')).trim()}` } }),
  };
  const ask = async (): Promise<boolean> =>
    new Promise((resolve) => {
      const sent = url.startsWith('https') ? httpsRequest(url, tls) : httpRequest(url);
      sent.on('error', () => resolve(false));
      sent.on('response', (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      });
      sent.end();
    });
  while (!(await ask())) await sleep(20);
}

async function endOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const late = globalThis.setTimeout(() => child.kill('SIGKILL'), 15_000);
  await ended;
  clearTimeout(late);
}
