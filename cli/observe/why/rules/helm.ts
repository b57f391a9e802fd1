import { formatRef, refOf, type KubeObject } from '../../../ports/kube.ts';
import { conditionOf, firstLine, textAt } from '../../fields.ts';
import { describeCommand, platformCommand, type Rule } from '../rule.ts';

/** A chart that lies in a repository; what a HelmRepository lacks is among the rules of sources. */
export const chartMissingRule: Rule = {
  name: 'chart-missing',
  kinds: ['HelmChart'],
  find: ({ object, seen }) => {
    const missing = /invalid chart reference: .*(?:no such file|does not exist)/.test(seen.message);
    if (seen.state === 'Ready' || !missing) return undefined;
    return {
      says: `the repository has no chart ${textAt(object, 'spec', 'chart')}`,
      next: 'Commit the chart, or correct spec.chart.spec.chart of its HelmRelease',
      since: seen.since,
      final: true,
    };
  },
};

/** Asked before the general rule on what is stalled: that one knows only how often it was tried. */
export const helmRetriesRule: Rule = {
  name: 'helm-retries',
  kinds: ['HelmRelease'],
  find: ({ object, seen }, index) => {
    const stalled = conditionOf(object, 'Stalled');
    if (seen.state !== 'Failed' || stalled?.status !== 'True') return undefined;
    const failure = helmFailure(object);
    if (!failure) return undefined;
    const { action, chart, error } = failure;
    return {
      says: `${action} of ${chart} failed, no retries left: ${error}`,
      next: platformCommand(index, 'reconcile', formatRef(refOf(object)), '--reset'),
      since: stalled.since,
      final: true,
    };
  },
};

/** What helm-controller 1.6 writes about the last action, in the conditions `Released`, `TestSuccess` and `Ready`. */
function helmFailure(object: KubeObject): { action: string; chart: string; error: string } | undefined {
  for (const type of ['Released', 'TestSuccess', 'Ready']) {
    const condition = conditionOf(object, type);
    const said = /Helm (\w+) failed for release \S+ with chart (\S+): ([\s\S]*)/.exec(
      condition?.status === 'False' ? condition.message : '',
    );
    if (!said) continue;
    const [, action = '', chart = '', error = ''] = said;
    return { action, chart, error: firstLine(error, 400) };
  }
  return undefined;
}

export const helmRules: readonly Rule[] = [
  {
    name: 'helm-release',
    kinds: ['HelmRelease'],
    find: ({ object, seen, reason }, index) => {
      const failure = helmFailure(object);
      if (failure) {
        const { action, chart, error } = failure;
        return {
          says: `${action} of ${chart} failed, and is tried again: ${error}`,
          next: describeCommand(object),
        };
      }
      if (seen.state !== 'Failed') return undefined;
      const retries = /retries exhausted|exceeded maximum retries/i.test(seen.message);
      return {
        says: `${reason || 'Failed'}${retries ? ', no retries left' : ''}: ${firstLine(seen.message)}`,
        next: retries
          ? platformCommand(index, 'reconcile', formatRef(refOf(object)), '--reset')
          : describeCommand(object),
      };
    },
  },
];
