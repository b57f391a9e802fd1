import type { Run } from '../ports/run.ts';

/** Runs kubectl against one kubeconfig; its standard output. Objects go in through standard input. */
export type Kubectl = (args: readonly string[], input?: unknown) => Promise<string>;

/** Longest time of one call, in milliseconds. */
const timeoutMs = 90_000;

/**
 * @param cache   Where kubectl may keep what it knows of the API; not in the user's home.
 * @param context The current one of the file by default.
 */
export function kubectlWith(run: Run, kubeconfig: string, cache: string, context?: string): Kubectl {
  const of = ['--kubeconfig', kubeconfig, ...(context === undefined ? [] : ['--context', context])];
  return async (args, input) => {
    const { stdout } = await run({
      tool: 'kubectl',
      args: [...of, ...args],
      env: { KUBECACHEDIR: cache },
      timeoutMs,
      ...(input === undefined ? {} : { input: JSON.stringify(input) }),
    });
    return stdout;
  };
}

/** Server-side apply of objects as this program. */
export async function applyObjects(
  kubectl: Kubectl,
  items: readonly object[],
  ...more: string[]
): Promise<void> {
  const apply = ['apply', '--server-side', '--force-conflicts', '--field-manager=platform', '--filename=-'];
  await kubectl([...apply, ...more], { apiVersion: 'v1', kind: 'List', items });
}
