import { closest } from '../errors/did-you-mean.ts';
import { PlatformError } from '../errors/platform-error.ts';
import { readTextIfThere } from '../ports/files.ts';
import { formatRef, refOf, type Kube, type KubeObject } from '../ports/kube.ts';
import type { Run } from '../ports/run.ts';
import { controllerLines, eventLines, newestLines, objectsOfApp, type LogLine } from './app-story.ts';
import { kindsWithEvents, readCluster } from './read-cluster.ts';
import type { PartReport } from './status-report.ts';

/** What `platform logs` shows. */
export interface LogReport {
  /** True when the pods are simulated: the lines are then events and what Flux's controllers say. */
  readonly simulated: boolean;
  readonly lines: readonly LogLine[];
}

const kubectlMs = 60_000;

/**
 * The log of one part of an engine; works while the cluster is down.
 *
 * @param given Its newest lines, where the engine has them elsewhere than in a file.
 * @throws {PlatformError} USAGE when there is no such part.
 */
export async function readPartLog(
  parts: readonly PartReport[],
  name: string,
  tail: number,
  given?: readonly string[],
): Promise<LogReport> {
  const part = parts.find((each) => each.name === name);
  if (given)
    return { simulated: false, lines: given.map((text) => ({ at: '', from: name, level: 'info', text })) };
  if (!part) {
    const names = parts.map((each) => each.name);
    const guess = closest(name, names);
    const hint = guess === undefined ? `Name one of ${names.join(', ')}` : `--part ${guess}`;
    throw new PlatformError('USAGE', `the cluster has no part named ${name}`, hint);
  }
  const text = (await readTextIfThere(part.log)) ?? '';
  const lines = text.split('\n').filter((line) => line !== '');
  return {
    simulated: false,
    lines: lines.slice(-tail).map((line) => ({ at: '', from: name, level: 'info', text: line })),
  };
}

/** The cluster that an app runs in. */
export interface LogSource {
  readonly access: { readonly kubeconfig: string; readonly context: string };
  readonly parts: readonly PartReport[];
  /** True where pods do not really run. */
  readonly simulated: boolean;
}

/**
 * The logs of an app's pods, by kubectl. Where pods are simulated there are none: then its events, and what Flux's
 * controllers logged about it.
 *
 * @param app  All apps when it has no name.
 * @param tail How many of the newest lines; of pods, of each container as well.
 * @throws {PlatformError} APP_UNKNOWN.
 */
export async function readAppLogs(
  { kube, run }: { readonly kube: Pick<Kube, 'list'>; readonly run: Run },
  { access, parts, simulated }: LogSource,
  app: { readonly name: string | undefined; readonly known: readonly string[] },
  tail: number,
): Promise<LogReport> {
  if (app.name !== undefined) requireApp(app.name, app.known);
  const { objects } = await readCluster(kube, kindsWithEvents);
  const ids = objectsOfApp(objects, app.name);
  const lines = simulated
    ? [...eventLines(objects, ids), ...(await linesOfControllers(parts, ids))]
    : (await Promise.all(podsIn(objects, ids).map(async (pod) => podLines(run, access, pod, tail)))).flat();
  return { simulated, lines: newestLines(lines, tail) };
}

function requireApp(app: string, known: readonly string[]): void {
  if (known.includes(app)) return;
  const guess = closest(app, known);
  const hint = guess === undefined ? `Name one of ${known.join(', ')}` : `Did you mean ${guess}?`;
  throw new PlatformError('APP_UNKNOWN', `there is no app named ${app}`, hint);
}

async function linesOfControllers(
  parts: readonly PartReport[],
  ids: ReadonlySet<string>,
): Promise<LogLine[]> {
  const controllers = parts.filter(({ name }) => /^(source|kustomize|helm)-controller$/.test(name));
  const lines = await Promise.all(
    controllers.map(async ({ name, log }) => controllerLines((await readTextIfThere(log)) ?? '', name, ids)),
  );
  return lines.flat();
}

function podsIn(objects: readonly KubeObject[], ids: ReadonlySet<string>): KubeObject[] {
  return objects.filter((object) => object.kind === 'Pod' && ids.has(formatRef(refOf(object))));
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
