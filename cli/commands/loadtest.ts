import { Command, InvalidArgumentError } from 'commander';
import type { LoadTest } from '../loadtest/load-test.ts';
import type { Handle, Outcome } from './outcome.ts';
import { parseDuration } from './timeout-option.ts';

interface Flags {
  readonly rps: number;
  readonly for: number;
  readonly watch?: number;
  readonly path?: string;
  readonly svg?: string;
  readonly allowProtected: boolean;
}

const examples = `Examples:
  platform loadtest prediction-api --rps 200 --for 2m --path /predictions   latencies, errors, and what the autoscaler did
  platform loadtest dev prediction-api --rps 200 --for 2m --watch 7m --svg load.svg   its way down too, as a picture
`;

export function loadtestCommand(handle: Handle): Command {
  return new Command('loadtest')
    .description('Send requests to the Service of an app (k6), and show how its autoscaler follows')
    .argument('<words...>', '[environment] app')
    .option('--rps <number>', 'requests that begin in each second, up to 1000', requestCount, 20)
    .option(
      '--for <duration>',
      'how long they are sent, up to 30m; 300000 requests at most',
      parseDuration,
      60_000,
    )
    .option('--watch <duration>', 'how long to watch the autoscaler after the load, up to 30m', parseDuration)
    .option('--path <path>', 'what is asked for; the path of its readiness probe by default')
    .option('--svg <file>', 'draw it into this file')
    .option('--allow-protected', 'also in an environment that is protected', false)
    .addHelpText('before', examples)
    .action(
      handle<[string[], Flags]>('LoadTest', async (deps, words, flags): Promise<Outcome> => {
        const { appNameFrom, requireRealApp } = await import('../lifecycle/find-pod.ts');
        const { openRunningCluster } = await import('../lifecycle/open-cluster.ts');
        const { requireUnprotected } = await import('../lifecycle/protection.ts');
        const { servicePort } = await import('../lifecycle/service-port.ts');
        const { checkLoadPlan } = await import('../loadtest/load-plan.ts');
        const { runLoadTest } = await import('../loadtest/load-test.ts');
        const { pictureFile } = await import('../loadtest/picture-file.ts');
        const { environment: name, app } = appNameFrom(words, 'loadtest');
        const { rps, for: loadMs, watch: watchMs = 0, path, svg } = flags;
        const plan = { requestsPerSecond: rps, loadMs, watchMs, path };
        checkLoadPlan(plan);
        const picture = svg === undefined ? undefined : await pictureFile(svg);
        const cluster = await openRunningCluster(deps, name);
        const { environment, kube } = cluster;
        requireUnprotected(environment, flags.allowProtected);
        requireRealApp(cluster, app);
        const target = { environment: environment.name, app, ...(await servicePort(kube, app)) };
        const test = await runLoadTest(deps, cluster, target, plan);
        if (picture !== undefined) await drawInto(picture, test);
        return outcomeOf(test, picture);
      }),
    );
}

async function drawInto(file: string, test: LoadTest): Promise<void> {
  const { drawLoadTest } = await import('../loadtest/draw-load-test.ts');
  const { writeFileAtomically } = await import('../ports/files.ts');
  await writeFileAtomically(file, drawLoadTest(test));
}

/** More than one request in a hundred that failed is a no, and what Ctrl-C ended is not the whole. */
async function outcomeOf(test: LoadTest, picture: string | undefined): Promise<Outcome> {
  const { formatLoadTest } = await import('../loadtest/format-load-test.ts');
  const { requests, timeline, autoscaler } = test;
  const trouble = timeline.at(-1)?.trouble; // a new pod is not measured at first
  const warnings = [
    ...(trouble === undefined ? [] : [`the autoscaler does not act: ${trouble}`]),
    ...(requests.dropped > 0
      ? [
          `${requests.dropped} requests were not sent, since answers took too long: the load was less than was asked`,
        ]
      : []),
  ];
  const failed = requests.failed > requests.sent / 100;
  return {
    data: { ...test, autoscaler: autoscaler ?? null, ...(picture === undefined ? {} : { picture }) },
    text: `${formatLoadTest(test)}${picture === undefined ? '' : `\n\n${picture}`}`,
    exitCode: test.interrupted ? 130 : failed ? 1 : 0,
    warnings,
  };
}

function requestCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('a whole number above 0');
  return count;
}
