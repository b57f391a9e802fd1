import { diffLines } from 'diff';
import { formatRef } from '../ports/kube.ts';
import type { Terminal } from '../ports/terminal.ts';
import type { Mark, ObjectChange } from './diff-builds.ts';
import type { FieldChange } from './diff-fields.ts';

type Style = Pick<Terminal, 'unicode' | 'outColors'>;

/** The changes of one environment. */
export interface EnvironmentChanges {
  readonly environment: string;
  readonly changes: readonly ObjectChange[];
}

/** At most this many lines of one long text; more would bury the rest. */
const linesShown = 12;
const valueLength = 100;

const words: Readonly<Record<Mark, string>> = {
  prune: 'PRUNE: Flux deletes it',
  kept: 'leaves git, stays in the cluster',
  immutable: 'IMMUTABLE: the API server will refuse this',
  'job-rerun': 'RUNS AGAIN',
  'replicas-0': 'REPLICAS 0: nothing will run',
  image: 'new image',
};

/**
 * One block per environment: each object with its marks, each of its fields `before → after`; below, once, what would restart
 * the workloads that a change reaches only later. No newline at the end.
 */
export function formatChanges(results: readonly EnvironmentChanges[], style: Style): string {
  const { bold, dim } = style.outColors;
  return results
    .map(({ environment, changes }) => {
      if (changes.length === 0) return `${bold(environment)} ${dim('no changes')}`;
      const lines = changes.flatMap((change) => formatChange(change, style));
      const later = changes.some(({ nextStart = [] }) => nextStart.length > 0);
      const hint = `  Reloader would restart what reads it: platform component enable reloader ${environment}`;
      return [`${bold(environment)} ${summary(changes)}`, ...lines, ...(later ? ['', dim(hint)] : [])].join(
        '\n',
      );
    })
    .join('\n\n');
}

function summary(changes: readonly ObjectChange[]): string {
  const count = (change: ObjectChange['change']): number =>
    changes.filter((one) => one.change === change).length;
  return `${count('create')} created, ${count('update')} updated, ${count('prune')} removed`;
}

function formatChange(
  { ref, kustomization, change, fields, marks, restarts = [], nextStart = [] }: ObjectChange,
  style: Style,
): string[] {
  const { green, yellow, red, dim } = style.outColors;
  const sign = { create: green('+'), update: yellow('~'), prune: red('-') }[change];
  const loud = (mark: Mark): string =>
    mark === 'image' || mark === 'kept' ? dim(words[mark]) : red(words[mark]);
  const head = [`  ${sign} ${formatRef(ref)}`, dim(`(${kustomization})`), ...marks.map(loud)].join('  ');
  const restart = restarts.map((name) => `      ${yellow(`restarts ${name}`)}`);
  const later = nextStart.map((name) => `      ${yellow(`${name} gets it when its pods start next`)}`);
  return [head, ...fields.flatMap((field) => formatField(field, style)), ...restart, ...later];
}

function formatField(
  { path, before, after }: FieldChange,
  { unicode, outColors: { green, red, dim } }: Style,
): string[] {
  if (typeof before === 'string' && typeof after === 'string' && (before + after).includes('\n')) {
    const lines = diffLines(before, after).flatMap(({ value, added, removed }) =>
      added || removed
        ? value
            .trimEnd()
            .split('\n')
            .map((line) => (added ? green(`+ ${line}`) : red(`- ${line}`)))
        : [],
    );
    const more = lines.length > linesShown ? [dim(`(${lines.length - linesShown} more lines)`)] : [];
    return [`      ${path}:`, ...[...lines.slice(0, linesShown), ...more].map((line) => `        ${line}`)];
  }
  return [`      ${path}: ${red(shown(before))} ${unicode ? '→' : '->'} ${green(shown(after))}`];
}

function shown(value: unknown): string {
  if (value === undefined) return '(none)';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > valueLength ? `${text.slice(0, valueLength)}…` : text;
}
