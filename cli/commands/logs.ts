import { Command, InvalidArgumentError } from 'commander';
import { closest } from '../errors/did-you-mean.ts';
import { PlatformError } from '../errors/platform-error.ts';
import type { Handle, Outcome } from './outcome.ts';

const examples = `
Examples:
  platform logs dev trades                 the newest lines of the app's pods
  platform logs dev --part kube-apiserver  the log of a part of the cluster, also when it is down
`;

export function logsCommand(handle: Handle): Command {
  return new Command('logs')
    .description('Show what apps log; where pods are simulated, their events and what Flux says about them')
    .argument('<environment>', 'a folder under clusters/, e.g. dev')
    .argument('[app]', 'one app; all of them by default')
    .option('--tail <lines>', 'how many of the newest lines', lineCount, 100)
    .option(
      '--part <name>',
      'the log of one part of the engine: etcd, kube-apiserver, kustomize-controller, …',
    )
    .addHelpText('after', examples)
    .action(
      handle<[string, string | undefined, { tail: number; part?: string }]>(
        'Logs',
        async (deps, name, app, { tail, part }): Promise<Outcome> => {
          const { openCluster, openRunningCluster } = await import('../lifecycle/open-cluster.ts');
          const { readPartLog, readPodLogs, readSimulatedLogs } = await import('../observe/read-logs.ts');
          const { formatLogs } = await import('../observe/format-logs.ts');
          const text = (report: Parameters<typeof formatLogs>[0]): string =>
            formatLogs(report, deps.terminal.outColors);
          if (part !== undefined) {
            const report = await readPartLog((await openCluster(deps, name)).engineStatus.parts, part, tail);
            return { data: report, text: text(report) };
          }
          const { environment, engine, engineStatus, kube, access } = await openRunningCluster(deps, name);
          if (app !== undefined) requireApp(app, Object.keys(environment.values.apps));
          if (engine.name !== 'embedded') {
            const report = await readPodLogs({ kube, run: deps.run }, access, app, tail);
            return { data: report, text: text(report) };
          }
          const report = await readSimulatedLogs(kube, engineStatus.parts, app, tail);
          const warnings = ['pods are simulated here and log nothing: these are events and what Flux says'];
          return { data: report, text: text(report), warnings };
        },
      ),
    );
}

function requireApp(app: string, known: readonly string[]): void {
  if (known.includes(app)) return;
  const guess = closest(app, known);
  throw new PlatformError(
    'APP_UNKNOWN',
    `there is no app named ${app}`,
    guess === undefined ? `Name one of ${known.join(', ')}` : `Did you mean ${guess}?`,
  );
}

function lineCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('a whole number above 0');
  return count;
}
