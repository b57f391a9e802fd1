import type { BootstrapPlan, BootstrapResult } from '../lifecycle/bootstrap.ts';
import { seconds } from '../ports/progress-lines.ts';
import type { Outcome } from './outcome.ts';

/** What stands at the end of a bootstrap: where the cluster is, what runs in it, how long it took, how to go back. */
export function summarise(
  { environment, engine, commit }: BootstrapPlan,
  { access, model, previousContext }: BootstrapResult,
  phases: readonly { readonly title: string; readonly ms: number }[],
  totalMs: number,
  changed: boolean,
): Pick<Outcome, 'data' | 'text'> {
  const objects = countByKind(model?.items.map(({ ref }) => ref.kind) ?? []);
  const slowest = [...phases].sort((a, b) => b.ms - a.ms).slice(0, 3);
  const rows: [string, string][] = [
    ['engine', engine.name],
    ...engine.standIns.map((standIn): [string, string] => ['stand-in', standIn]),
    ['context', access?.context ?? ''],
    ['revision', `${environment.git.branch} ${commit.slice(0, 7)}`],
    ['ready', objects.map(([kind, count]) => `${count} ${kind}`).join(', ')],
    ['time', `${seconds(totalMs)} (${slowest.map(({ title, ms }) => `${title} ${seconds(ms)}`).join(', ')})`],
    ...(previousContext === undefined
      ? []
      : [['go back', `kubectl config use-context ${previousContext}`] satisfies [string, string]]),
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  const headline = changed
    ? `${environment.name} is up.`
    : `${environment.name} was up already; nothing was changed.`;
  return {
    data: {
      environment: environment.name,
      changed,
      engine: engine.name,
      standIns: engine.standIns,
      context: access?.context,
      kubeconfig: access?.kubeconfig,
      commit,
      objects: Object.fromEntries(objects),
      phases: phases.map(({ title, ms }) => ({ title, ms: Math.round(ms) })),
      totalMs: Math.round(totalMs),
      previousContext,
    },
    text: [headline, ...rows.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`)].join('\n'),
  };
}

function countByKind(kinds: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
}
