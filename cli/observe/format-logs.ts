import type { Colors } from 'picocolors/types.js';
import type { LogReport } from './read-logs.ts';

/** Lines for people; a line without a time (a part's own log) as it is. */
export function formatLogs({ lines }: LogReport, colors: Colors): string {
  return lines
    .map(({ at, from, level, text }) => {
      if (at === '') return text;
      const paint = { info: (plain: string) => plain, warning: colors.yellow, error: colors.red }[level];
      return `${colors.dim(at.slice(0, 19).replace('T', ' '))}  ${colors.cyan(from)}  ${paint(text)}`;
    })
    .join('\n');
}
