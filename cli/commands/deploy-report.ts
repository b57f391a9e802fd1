import { PlatformError } from '../errors/platform-error.ts';
import type { DeployResult } from '../lifecycle/deploy.ts';
import type { DeployPlan } from '../lifecycle/plan-deploy.ts';
import { formatRef } from '../ports/kube.ts';
import { seconds } from '../ports/progress-lines.ts';
import type { Terminal } from '../ports/terminal.ts';
import type { Outcome } from './outcome.ts';

const risky = new Set(['prune', 'immutable', 'replicas-0']);

/**
 * Asks before something is deleted or stops, and before any change of a protected environment.
 *
 * @throws {PlatformError} NOT_CONFIRMED, with nothing done.
 */
export async function agreeToRisks(
  terminal: Terminal,
  { cluster, changes, comparable }: DeployPlan,
  yes: boolean,
): Promise<void> {
  const { name, values } = cluster.environment;
  const risks = changes.filter(({ marks }) => marks.some((mark) => risky.has(mark)));
  if (yes || (comparable && risks.length === 0 && !(values.protected && changes.length > 0))) return;
  const why = !comparable
    ? `what runs in ${name} cannot be built from this clone, so nobody can say what this deletes`
    : risks.length > 0
      ? risks.map(({ ref, marks }) => `${formatRef(ref)} (${marks.join(', ')})`).join('; ')
      : `${name} is protected`;
  const fix = `platform deploy ${name} --yes`;
  if (!terminal.canAsk) {
    throw new PlatformError('NOT_CONFIRMED', `this deploy needs a yes: ${why}`, fix);
  }
  const answer = await terminal.ask(`${why}\nDeploy this to ${name}? [y/N] `);
  if (!/^y(es)?$/i.test(answer))
    throw new PlatformError('NOT_CONFIRMED', 'no yes was given; nothing was done', fix);
}

function runningJobs({ model }: DeployResult): string[] {
  const jobs = (model?.items ?? []).filter(({ ref, state }) => ref.kind === 'Job' && state === 'Reconciling');
  return jobs.length === 0 ? [] : [`Still running: ${jobs.map(({ id }) => id).join(', ')}`];
}

/** What was committed, what runs now. */
export function describeDeploy(
  { cluster, changes, findings, paths }: DeployPlan,
  result: DeployResult,
  totalMs: number,
): Outcome {
  const { name } = cluster.environment;
  const commit = result.commit ?? '';
  const what =
    result.committed === true
      ? `Committed ${commit.slice(0, 7)}`
      : `Nothing to commit; ${commit.slice(0, 7)}`;
  return {
    data: {
      environment: name,
      commit,
      committed: result.committed === true,
      paths,
      changes,
      totalMs: Math.round(totalMs),
    },
    text: [`${what} runs in ${name} (${seconds(totalMs)}).`, ...runningJobs(result)].join('\n'),
    warnings: findings.map(({ code, message }) => `${code} ${message}`),
    next: [`platform status ${name}`],
  };
}
