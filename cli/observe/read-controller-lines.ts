import { readTextIfThere } from '../ports/files.ts';
import type { Run } from '../ports/run.ts';
import { controllerLines, newestLines, type LogLine } from './app-story.ts';
import { controllerOf } from './flux-controllers.ts';
import type { LogSource } from './read-logs.ts';

const kubectlMs = 30_000;
/** How many lines of a controller in a cluster are looked through: what it says of one object is a small part of them. */
const looked = 5_000;

/**
 * What Flux's controller logged about one object: from its file where the engine runs it, else by kubectl.
 *
 * @param id   `Kind/namespace/name`; of another kind than Flux's own there are no lines.
 * @param tail How many of the newest lines.
 */
export async function readControllerLines(
  { run }: { readonly run: Run },
  { access, parts }: LogSource,
  id: string,
  tail: number,
): Promise<LogLine[]> {
  const controller = controllerOf(id.split('/')[0] ?? '');
  if (controller === undefined) return [];
  const file = parts.find(({ name }) => name === controller)?.log;
  const log =
    file === undefined ? await podLog(run, access, controller) : ((await readTextIfThere(file)) ?? '');
  return newestLines(controllerLines(log, controller, new Set([id])), tail);
}

async function podLog(
  run: Run,
  { kubeconfig, context }: LogSource['access'],
  controller: string,
): Promise<string> {
  const where = ['--kubeconfig', kubeconfig, '--context', context, '--namespace', 'flux-system'];
  const { stdout } = await run({
    tool: 'kubectl',
    args: ['logs', ...where, `deployment/${controller}`, `--tail=${looked}`],
    timeoutMs: kubectlMs,
  });
  return stdout;
}
