import type { NukePlan, NukeResult } from '../lifecycle/nuke-and-rebuild.ts';
import { seconds } from '../ports/progress-lines.ts';
import type { Outcome } from './outcome.ts';

const shownPerList = 20;

/** What a person must know before a cluster is destroyed and rebuilt. */
export function describePlan({
  environment,
  commit,
  objects,
  losses,
  failing,
  journal,
  commitsNotPushed,
  resumed,
}: NukePlan): string {
  if (resumed)
    return [
      `This goes on with the rebuild of ${environment} from ${commit.slice(0, 7)} that was interrupted.`,
      `Where that commit cannot become Ready: platform bootstrap ${environment} (gives up the comparison)`,
    ].join('\n');
  return [
    `This destroys the cluster of ${environment} and rebuilds it from ${commit.slice(0, 7)}, the commit that is applied.`,
    `It has to bring back ${objects} objects.`,
    ...list('Data that is lost for good', losses.volumes),
    ...list('Not in git, so lost', losses.notInGit),
    ...list('Jobs that will run again', losses.jobsThatRunAgain),
    ...list(
      `Not compared afterwards, since it has not applied ${commit.slice(0, 7)} yet`,
      journal.before.unsettled ?? [],
    ),
    ...list(
      `Failing now, and perhaps again, since the same commit comes back (a fix: platform deploy ${environment})`,
      failing,
    ),
    ...(commitsNotPushed === 0
      ? []
      : [
          `${commitsNotPushed} commits of this clone were never pushed to ${environment}: they are no part of this.`,
        ]),
  ].join('\n');
}

function list(title: string, items: readonly string[]): string[] {
  if (items.length === 0) return [];
  const more = items.length - shownPerList;
  return [
    `${title}:`,
    ...items.slice(0, shownPerList).map((item) => `  ${item}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}

/** `N same, N missing, N changed`, with what is not the same; exit 1 unless all is. */
export function describeComparison(
  { environment, commit }: NukePlan,
  { comparison, stays = [] }: NukeResult,
  totalMs: number,
): Outcome {
  if (!comparison) throw new Error('a rebuild ended without a comparison');
  const { same, missing, changed, added, notCompared } = comparison;
  const equal = missing.length === 0 && changed.length === 0;
  return {
    data: { environment, commit, ...comparison, equal, totalMs: Math.round(totalMs) },
    text: [
      `${same.length} same, ${missing.length} missing, ${changed.length} changed`,
      ...missing.map((object) => `  missing  ${object}`),
      ...changed.map(({ object, fields }) => `  changed  ${object}: ${fields.join(', ')}`),
      ...added.map((object) => `  new      ${object}`),
      ...(notCompared.length === 0
        ? []
        : [`not compared, since they had not applied ${commit.slice(0, 7)} yet: ${notCompared.join(', ')}`]),
      equal
        ? `${environment} came back as it was, in ${seconds(totalMs)}.`
        : `${environment} did not come back as it was (${seconds(totalMs)}).`,
    ].join('\n'),
    exitCode: equal ? 0 : 1,
    warnings: stays,
    next: equal
      ? [`platform status ${environment}`]
      : [`platform diff ${environment} --base applied`, `platform status ${environment}`],
  };
}
