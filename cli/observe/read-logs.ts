import { closest } from '../errors/did-you-mean.ts';
import { PlatformError } from '../errors/platform-error.ts';
import { readTextIfThere } from '../ports/files.ts';
import type { Kube, KubeObject } from '../ports/kube.ts';
import type { Run } from '../ports/run.ts';
import { controllerLines, eventLines, newestLines, objectsOfApp, type LogLine } from './app-story.ts';
import { readCluster } from './read-cluster.ts';
import type { PartReport } from './status-report.ts';

/** What `platform logs` shows. */
export interface LogReport {
  /** True when the pods are simulated: the lines are then events and what Flux's controllers say. */
  readonly simulated: boolean;
  readonly lines: readonly LogLine[];
}

const kubectlMs = 60_000;

/**
 * The log file of one part of an engine; works while the cluster is down.
 *
 * @throws {PlatformError} USAGE when there is no such part.
 */
export async function readPartLog(
  parts: readonly PartReport[],
  name: string,
  tail: number,
): Promise<LogReport> {
  const part = parts.find((each) => each.name === name);
  if (!part) {
    const names = parts.map((each) => each.name);
    const guess = closest(name, names);
    const hint =
      guess === undefined
        ? `Name one of ${names.join(', ') || 'none: the cluster was not created'}`
        : `--part ${guess}`;
    throw new PlatformError('USAGE', `the cluster has no part named ${name}`, hint);
  }
  const text = (await readTextIfThere(part.log)) ?? '';
  const lines = text.split('\n').filter((line) => line !== '');
  return {
    simulated: false,
    lines: lines.slice(-tail).map((line) => ({ at: '', from: name, level: 'info', text: line })),
  };
}

/**
 * What is known about an app whose pods do not really run: its events, and what Flux's controllers logged about it.
 *
 * @param app All apps when undefined.
 */
export async function readSimulatedLogs(
  kube: Pick<Kube, 'list'>,
  parts: readonly PartReport[],
  app: string | undefined,
  tail: number,
): Promise<LogReport> {
  const { objects } = await readCluster(kube);
  const ids = objectsOfApp(objects, app);
  const controllers = parts.filter(({ name }) => /^(source|kustomize|helm)-controller$/.test(name));
  const said = await Promise.all(
    controllers.map(async ({ name, log }) => controllerLines((await readTextIfThere(log)) ?? '', name, ids)),
  );
  return { simulated: true, lines: newestLines([...eventLines(objects, ids), ...said.flat()], tail) };
}

/** The logs of an app's real pods, by kubectl; a container that has not started yet says so in a line of its own. */
export async function readPodLogs(
  { kube, run }: { readonly kube: Pick<Kube, 'list'>; readonly run: Run },
  access: { readonly kubeconfig: string; readonly context: string },
  app: string | undefined,
  tail: number,
): Promise<LogReport> {
  const { objects } = await readCluster(kube);
  const ids = objectsOfApp(objects, app);
  const owned = new Set([...ids].filter((id) => id.startsWith('Pod/')));
  const pods = objects.filter(
    ({ kind, metadata }) => kind === 'Pod' && owned.has(`Pod/${metadata.namespace ?? ''}/${metadata.name}`),
  );
  const lines = await Promise.all(pods.map(async (pod) => podLines(run, access, pod, tail)));
  return { simulated: false, lines: newestLines(lines.flat(), tail) };
}

async function podLines(
  run: Run,
  { kubeconfig, context }: { readonly kubeconfig: string; readonly context: string },
  { metadata }: KubeObject,
  tail: number,
): Promise<LogLine[]> {
  const where = [
    '--kubeconfig',
    kubeconfig,
    '--context',
    context,
    '--namespace',
    metadata.namespace ?? 'default',
  ];
  const { stdout, stderr, exitCode } = await run({
    tool: 'kubectl',
    args: [
      'logs',
      ...where,
      metadata.name,
      '--all-containers',
      '--ignore-errors',
      '--timestamps',
      `--tail=${tail}`,
    ],
    timeoutMs: kubectlMs,
    okExitCodes: [0, 1],
  });
  if (exitCode !== 0)
    return [{ at: '', from: `Pod ${metadata.name}`, level: 'warning', text: stderr.trim() }];
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [at = '', ...text] = line.split(' ');
      return { at, from: `Pod ${metadata.name}`, level: 'info', text: text.join(' ') };
    });
}
