import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface AppliedCommits {
  /** Every commit that the Kustomization said it had applied, since the watch began. */
  readonly seen: ReadonlySet<string>;
  /** Resolves when this commit was applied. @throws When it was not, in so many milliseconds. */
  readonly until: (commit: string, timeoutMs: number) => Promise<void>;
  readonly stop: () => void;
}

/**
 * Follows what Flux says that it has applied for one Kustomization: each revision of it, by a watch, so that none is missed.
 *
 * @param kubectl    An absolute path.
 * @param env        With KUBECONFIG.
 */
export function watchApplied(kubectl: string, kustomization: string, env: NodeJS.ProcessEnv): AppliedCommits {
  const seen = new Set<string>();
  const waiting = new Map<string, () => void>();
  const watch = spawn(
    kubectl,
    [
      'get',
      'kustomizations.kustomize.toolkit.fluxcd.io',
      kustomization,
      '--namespace=flux-system',
      '--watch',
      '--output=jsonpath={.status.lastAppliedRevision}{"\\n"}',
    ],
    { env, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  createInterface({ input: watch.stdout }).on('line', (line) => {
    const commit = /sha1:([0-9a-f]{40})$/.exec(line)?.[1];
    if (commit === undefined) return;
    seen.add(commit);
    waiting.get(commit)?.();
  });
  return {
    seen,
    until: async (commit, timeoutMs) => {
      if (seen.has(commit)) return;
      await new Promise<void>((resolve, reject) => {
        const late = setTimeout(() => {
          reject(new Error(`${commit} was not applied within ${timeoutMs / 1_000} s`));
        }, timeoutMs);
        waiting.set(commit, () => {
          clearTimeout(late);
          resolve();
        });
      });
    },
    stop: () => watch.kill(),
  };
}
