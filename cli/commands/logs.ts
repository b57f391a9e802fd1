import { Command, InvalidArgumentError } from 'commander';
import type { Handle, Outcome } from './outcome.ts';

const examples = `Examples:
  platform logs dev trades                 the newest lines of the app's pods; without dev of the only cluster there is
  platform logs dev --part kube-apiserver  the log of a part of the cluster, also when it is down
`;

export function logsCommand(handle: Handle): Command {
  return new Command('logs')
    .description('Show what apps log; where pods are simulated, their events and what Flux says about them')
    .argument('[environment]', 'a folder under clusters/, e.g. dev; the one that has a cluster by default')
    .argument('[app]', 'one app; all of them by default')
    .option('--tail <lines>', 'how many of the newest lines', lineCount, 100)
    .option(
      '--part <name>',
      'the log of one part of the engine: etcd, kube-apiserver, kustomize-controller, …',
    )
    .addHelpText('before', examples)
    .action(
      handle<[string | undefined, string | undefined, { tail: number; part?: string }]>(
        'Logs',
        async (deps, first, second, { tail, part }): Promise<Outcome> => {
          const { kindOfName } = await import('../lifecycle/find-pod.ts');
          const alone =
            first !== undefined && second === undefined && (await kindOfName(deps, first)) === 'app';
          const [name, app] = alone ? [undefined, first] : [first, second];
          const { notRunning, openCluster, openRunningCluster } =
            await import('../lifecycle/open-cluster.ts');
          const { readAppLogs, readPartLog } = await import('../observe/read-logs.ts');
          const { formatLogs } = await import('../observe/format-logs.ts');
          const { outColors } = deps.terminal;
          if (part !== undefined) {
            const cluster = await openCluster(deps, name);
            if (cluster.engineStatus.state === 'absent') throw notRunning(cluster);
            const given = await cluster.engine.partLog?.(part, tail);
            const report = await readPartLog(cluster.engineStatus.parts, part, tail, given);
            return { data: report, text: formatLogs(report, outColors) };
          }
          const { environment, engine, engineStatus, kube, access } = await openRunningCluster(deps, name);
          const report = await readAppLogs(
            { kube, run: deps.run },
            { access, parts: engineStatus.parts, simulated: engine.name === 'embedded' },
            { name: app, known: Object.keys(environment.values.apps) },
            tail,
          );
          const warnings = ['pods are simulated here and log nothing: these are events and what Flux says'];
          return {
            data: report,
            text: formatLogs(report, outColors),
            warnings: report.simulated ? warnings : [],
          };
        },
      ),
    );
}

function lineCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('a whole number above 0');
  return count;
}
