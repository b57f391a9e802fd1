import { Command } from 'commander';
import type { Deps } from '../ports/deps.ts';
import type { Environment } from '../values/environment.ts';
import type { StatusReport } from '../observe/status-report.ts';
import { lookOf, words } from './look.ts';
import type { Handle } from './outcome.ts';

const examples = `Examples:
  platform status dev          what runs, what does not, and why
  platform status dev --json   all of it as data
  platform status dev --whole --json > snapshot.json   for \`platform why --from snapshot.json\`, elsewhere or later
`;

export function statusCommand(handle: Handle): Command {
  return new Command('status')
    .description(
      'Show the cluster, git against what is applied, and the state of every Flux object and workload',
    )
    .argument('[environment]', words.environment)
    .option(
      '--whole',
      'also read names of Secrets and image automation: for a snapshot that others look at',
      false,
    )
    .addHelpText('before', examples)
    .action(
      handle<[string | undefined, { whole: boolean }]>('Status', async (deps, name, { whole }) => {
        const { openCluster } = await import('../lifecycle/open-cluster.ts');
        const { rebuildAdvice } = await import('./rebuild-advice.ts');
        const { reportOn } = await import('../lifecycle/look-at.ts');
        const { isAllReady } = await import('../observe/status-report.ts');
        const { likelyStaleness } = await import('../lifecycle/staleness.ts');
        const { formatStatus } = await import('../observe/format-status.ts');
        const cluster = await openCluster(deps, name);
        const [report, stale] = await Promise.all([
          reportOn(deps, cluster, whole),
          likelyStaleness(deps, cluster.environment.name), // while the API server answers
        ]);
        const earlier = report.state === 'absent' ? await earlierClients(deps, cluster.environment) : [];
        const advice = await rebuildAdvice(cluster.kept.journal, report.environment);
        const next = advice?.next ?? nextFor(report);
        return {
          data: report,
          text: formatStatus(report, lookOf(deps)),
          exitCode: isAllReady(report) ? 0 : 1,
          next: [
            ...next,
            ...(stale.length > 0 ? [`platform deploy ${report.environment} -m "what changed"`] : []),
          ],
          warnings: [...(advice?.warnings ?? []), ...stale, ...earlier],
        };
      }),
    );
}

/** Loads what it takes only where there is no cluster: a status is asked often. */
async function earlierClients(
  deps: Deps,
  { client, name }: Pick<Environment, 'client' | 'name'>,
): Promise<string[]> {
  const { earlierWarnings } = await import('../lifecycle/earlier-client.ts');
  return earlierWarnings(deps, client, name);
}

function nextFor({ state, environment, model }: StatusReport): string[] {
  // Where Flux has nothing to apply, a bootstrap was stopped before its end: a start would not go on with it.
  if (state === 'absent' || model?.items.length === 0) return [`platform bootstrap ${environment}`];
  if (state === 'stopped') return [`platform start ${environment}`];
  return state === 'degraded'
    ? [`platform logs ${environment} --part <name>`, `platform start ${environment}`]
    : [];
}
