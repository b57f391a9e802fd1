import { formatPlace, PlatformError } from '../errors/platform-error.ts';
import type { DeployResult } from '../lifecycle/deploy.ts';
import type { DeployPlan } from '../lifecycle/plan-deploy.ts';
import { shortId } from '../observe/why/explain.ts';
import { formatRef } from '../ports/kube.ts';
import { seconds } from '../ports/progress-lines.ts';
import type { Terminal } from '../ports/terminal.ts';
import type { Finding } from '../validate/finding.ts';
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

/** Jobs that go on after the deploy, and what begins only when they are done, in the order of Flux. */
function runningJobs({ model }: DeployResult): string[] {
  if (!model) return [];
  const jobs = model.items.filter(({ ref, state }) => ref.kind === 'Job' && state === 'Reconciling');
  if (jobs.length === 0) return [];
  const steps = model.order.steps.map(({ id }) => id);
  const later = model.items
    .filter(
      ({ role, state, cause }) => role === 'applier' && state === 'Waiting' && cause?.rule === 'job-running',
    )
    .sort((a, b) => steps.indexOf(a.id) - steps.indexOf(b.id));
  const then = later.length === 0 ? '' : `; then: ${later.map(({ id }) => shortId(id)).join(', ')}`;
  return [`Still running: ${jobs.map(({ id }) => id).join(', ')}${then}`];
}

/** As `validate` names it: the rule, the object, where it is written, and the edit that mends it. */
function warningOf({ code, object, message, place, hint }: Finding): string {
  const where = place === undefined ? '' : ` (${formatPlace({ file: place.file, line: place.line })})`;
  return `${code} ${object === undefined ? '' : `${object} `}${message}${where}: ${hint}`;
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
    warnings: findings.map(warningOf),
    next: [`platform status ${name}`],
  };
}
