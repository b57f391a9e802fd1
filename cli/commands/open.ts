import { Command, InvalidArgumentError } from 'commander';
import type { Deps } from '../ports/deps.ts';
import type { Handle, Outcome } from './outcome.ts';

const examples = `Examples:
  platform open prediction-api                   until Ctrl-C, at a free port of this machine
  platform open dev prediction-api --port 8000   at http://127.0.0.1:8000
`;

/** How long after a lost connection the next is tried, in milliseconds: a pod was replaced. */
const againMs = 1_000;

export function openCommand(handle: Handle): Command {
  return new Command('open')
    .description('Reach the Service of an app from this machine (kubectl port-forward), until Ctrl-C')
    .argument('<words...>', '[environment] app')
    .option('--port <number>', 'port of 127.0.0.1; a free one by default', portNumber)
    .addHelpText('before', examples)
    .action(
      handle<[string[], { port?: number }]>('OpenResult', async (deps, words, { port }): Promise<Outcome> => {
        const { openRunningCluster } = await import('../lifecycle/open-cluster.ts');
        const { appNameFrom, requireRealApp } = await import('../lifecycle/find-pod.ts');
        const { servicePort } = await import('../lifecycle/service-port.ts');
        const { freePorts } = await import('../ports/loopback.ts');
        const { environment: name, app } = appNameFrom(words, 'open');
        const cluster = await openRunningCluster(deps, name);
        requireRealApp(cluster, app);
        const service = await servicePort(cluster.kube, app);
        const local = port ?? (await freePorts(1))[0] ?? 0;
        const url = `http://127.0.0.1:${String(local)}/`;
        deps.progress.note(`${service.namespace}/${app} is at ${url} until Ctrl-C`);
        const { kubeconfig, context } = cluster.access;
        const where = ['--kubeconfig', kubeconfig, '--context', context, '--namespace', service.namespace];
        const args = ['port-forward', ...where, `service/${app}`, `${String(local)}:${String(service.port)}`];
        const exitCode = await keepForwarding(deps, args);
        return { data: { url, exitCode }, text: '', exitCode: 2 };
      }),
    );
}

/**
 * Runs a port-forward again and again: kubectl ends when the pod that it was connected to does, and the next one is behind
 * the same Service. What it says on standard error is passed on.
 *
 * @returns Only where it ended before it was ever connected: its exit code.
 */
export async function keepForwarding(
  { guard, clock, terminal }: Pick<Deps, 'guard' | 'clock' | 'terminal'>,
  args: readonly string[],
): Promise<number> {
  const heard = { connected: false }; // told by kubectl, not by the time that it takes: a slow server refuses after seconds, too
  for (;;) {
    const onLine = (line: string): void => void (heard.connected ||= line.startsWith('Forwarding from '));
    const forwarding = await guard({ tool: 'kubectl', args, onLine });
    const exitCode = await forwarding.exited;
    const errors = forwarding.lastErrors();
    if (errors !== '') terminal.err(`${errors}\n`);
    if (!heard.connected) return exitCode;
    await clock.sleep(againMs);
  }
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new InvalidArgumentError('a port, 1 to 65535');
  }
  return port;
}
