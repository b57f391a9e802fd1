import { Command } from 'commander';
import { versions } from '../toolchain/versions.ts';
import type { Handle, Outcome } from './outcome.ts';

const examples = `Examples:
  platform shell trades                          a shell beside the app's process, in one of its pods
  platform shell dev prediction-api -- wget -qO- http://localhost:8000/health
`;

export function shellCommand(handle: Handle): Command {
  return new Command('shell')
    .description('Open a shell in a pod of an app, in a container of its own beside the app (kubectl debug)')
    .argument('<words...>', '[environment] app, then -- and a command to run instead of a shell')
    .option('--image <image>', 'what the shell comes from', `busybox:${versions.busybox}`)
    .addHelpText('before', examples)
    .action(
      handle<[string[], { image: string }, Command]>(
        'ShellResult',
        async (deps, words, { image }): Promise<Outcome> => {
          const { openRunningCluster } = await import('../lifecycle/open-cluster.ts');
          const { appNameFrom, findRunningPod, kindOfName, requireRealApp } =
            await import('../lifecycle/find-pod.ts');
          const [first = ''] = words;
          const named = (await kindOfName(deps, first)) === 'environment' ? 2 : 1;
          const { environment: name, app } = appNameFrom(words.slice(0, named), 'shell');
          const command = words.slice(named);
          const cluster = await openRunningCluster(deps, name);
          requireRealApp(cluster, app);
          const pod = await findRunningPod(cluster, app);
          const { kubeconfig, context } = cluster.access;
          deps.progress.note(
            `${pod.namespace}/${pod.name}, container ${pod.container}: its processes are visible, its files below /proc/1/root`,
          );
          const exitCode = await deps.attach({
            tool: 'kubectl',
            args: [
              'debug',
              '--kubeconfig',
              kubeconfig,
              '--context',
              context,
              '--namespace',
              pod.namespace,
              `pod/${pod.name}`,
              `--target=${pod.container}`,
              '--profile=restricted',
              `--image=${image}`,
              '--stdin',
              ...(deps.terminal.canAsk ? ['--tty'] : []),
              '--quiet',
              '--',
              ...(command.length > 0 ? command : ['sh']),
            ],
          });
          return {
            data: { pod: `${pod.namespace}/${pod.name}`, exitCode },
            text: '',
            exitCode: exitCode === 0 ? 0 : 1,
          };
        },
      ),
    );
}
