import { formatPlace } from '../errors/platform-error.ts';
import type { Terminal } from '../ports/terminal.ts';
import type { Finding } from './finding.ts';

/** The findings of one environment. */
export interface EnvironmentFindings {
  readonly environment: string;
  /** How many objects were checked. */
  readonly objectCount: number;
  readonly findings: readonly Finding[];
}

/** One block per environment, one line per finding, and a last line with the sum. No newline at the end. */
export function formatFindings(
  results: readonly EnvironmentFindings[],
  { unicode, outColors }: Pick<Terminal, 'unicode' | 'outColors'>,
): string {
  const { red, yellow, green, dim, bold } = outColors;
  const [cross, warn, tick, arrow] = unicode ? ['✗', '⚠', '✔', '→'] : ['x', '!', 'ok', '->'];
  const line = ({ code, severity, message, hint, object, place }: Finding): string => {
    const mark = severity === 'error' ? red(`${cross} ${code}`) : yellow(`${warn} ${code}`);
    const where = place === undefined ? '' : dim(` (${formatPlace({ file: place.file, line: place.line })})`);
    return `  ${mark} ${object === undefined ? '' : `${object} `}${message}${where} ${dim(`${arrow} ${hint}`)}`;
  };
  const blocks = results.map(({ environment, objectCount, findings }) =>
    findings.length === 0
      ? `${green(tick)} ${bold(environment)} ${objectCount} objects`
      : [`${bold(environment)} ${objectCount} objects`, ...findings.map(line)].join('\n'),
  );
  return [...blocks, summary(results)].join('\n');
}

function summary(results: readonly EnvironmentFindings[]): string {
  const all = results.flatMap(({ findings }) => findings);
  const count = (severity: Finding['severity'], one: string): string => {
    const number = all.filter((finding) => finding.severity === severity).length;
    return `${number} ${one}${number === 1 ? '' : 's'}`;
  };
  return `${count('error', 'error')}, ${count('warning', 'warning')}`;
}
