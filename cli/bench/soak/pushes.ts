import { join } from 'node:path';
import { clusterProcesses } from '../cluster-processes.ts';
import { commitChange } from '../commit-change.ts';
import { memoryOf } from '../memory-of.ts';
import { timed } from '../timed.ts';
import type { Machine } from '../../testing/e2e-machine.ts';
import { watchApplied } from './applied-commits.ts';
import { judgeMemory, judgePushes, type MemoryVerdict, type PushVerdict } from './verdict.ts';

export interface PushSummary extends Omit<PushVerdict, 'lost'> {
  readonly pushes: number;
  readonly lost: number;
  readonly memory: readonly MemoryVerdict[];
  readonly deviations: readonly string[];
}

/** How long the last commit may take until it is applied, in milliseconds. */
const lastMs = 120_000;

/**
 * Pushes one commit after the other to the cluster of `dev`, as fast as git takes them. Every tenth push is one that git
 * must refuse (an amended commit, without force), and must say so. In the end the last commit has to be the applied one,
 * and no process of the cluster may have been replaced, or have grown.
 *
 * @param kubectl An absolute path.
 */
export async function soakPushes(
  machine: Machine,
  kubectl: string,
  pushes: number,
  say: (line: string) => void,
): Promise<PushSummary> {
  const env = { ...machine.env, KUBECONFIG: join(machine.home, '.kube/config') };
  const deviations: string[] = [];
  const [pushed, refused]: [string[], Set<string>] = [[], new Set()];
  const processes = await clusterProcesses(machine);
  const memory = new Map(processes.map(({ name }) => [name, [] as number[]]));
  const applied = watchApplied(kubectl, 'trades', env);
  try {
    for (let count = 1; count <= pushes; count += 1) {
      const commit = commitChange(machine);
      const refuse = count % 10 === 0;
      const diverged = refuse ? amended(machine) : commit;
      const accepted = await push(machine, `${diverged}:refs/heads/main`);
      pushed.push(diverged);
      if (!accepted) refused.add(diverged);
      if (accepted === refuse) deviations.push(`push ${count} was ${accepted ? 'taken' : 'refused'}`);
      for (const { name, pid } of processes) {
        const megabytes = await memoryOf(pid, 'own').catch(() => undefined);
        if (megabytes !== undefined) memory.get(name)?.push(megabytes);
      }
      if (count % 50 === 0 || count === pushes)
        say(`push ${count}/${pushes}: ${applied.seen.size} seen as applied`);
    }
    const last = pushed.filter((commit) => !refused.has(commit)).at(-1);
    if (last !== undefined) {
      await applied.until(last, lastMs).catch((error: unknown) => deviations.push(String(error)));
    }
  } finally {
    applied.stop();
  }
  const verdict = judgePushes(pushed, refused, applied.seen);
  if (verdict.lost.length > 0) deviations.push(`lost: ${verdict.lost.join(', ')}`);
  const after = await clusterProcesses(machine);
  for (const { name, pid } of processes) {
    if (!after.some((one) => one.name === name && one.pid === pid)) deviations.push(`${name} was replaced`);
  }
  const judged = [...memory].map(([name, megabytes]) => judgeMemory({ name, megabytes }));
  for (const { name, flat, first, last } of judged) {
    if (!flat) deviations.push(`${name} grew from ${first.toFixed(0)} to ${last.toFixed(0)} MB`);
  }
  return { ...verdict, pushes: pushed.length, lost: verdict.lost.length, memory: judged, deviations };
}

/** A commit beside HEAD, on its first parent's parent: no descendant of what is published. HEAD stays. */
function amended(machine: Machine): string {
  const tree = machine.git('rev-parse', 'HEAD^{tree}').trim();
  return machine.git('commit-tree', '-p', 'HEAD~2', '-m', 'Beside the branch', tree).trim();
}

/** @returns Whether git took it. @throws When it failed without saying that it refuses. */
async function push(machine: Machine, refspec: string): Promise<boolean> {
  const said = await timed('sh', ['-c', `git push dev '${refspec}' 2>&1 || true`], {
    cwd: machine.clone,
    env: { ...machine.env, LC_ALL: 'C' },
  });
  if (/\[rejected\].*\(non-fast-forward\)/.test(said.stdout)) return false;
  if (/^ +[0-9a-f]+\.\.[0-9a-f]+ /m.test(said.stdout)) return true;
  throw new Error(`git push said neither that it took the commit nor that it refused it:\n${said.stdout}`);
}
