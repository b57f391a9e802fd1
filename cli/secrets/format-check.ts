import type { Terminal } from '../ports/terminal.ts';
import { formatFindings } from '../validate/format-findings.ts';
import type { CheckedSecrets } from './check.ts';

/** Per environment: which workload takes which Secret, and what is wrong. No newline at the end. */
export function formatCheck(
  checked: readonly CheckedSecrets[],
  terminal: Pick<Terminal, 'unicode' | 'outColors'>,
): string {
  const { bold, dim } = terminal.outColors;
  const blocks = checked.map(({ environment, opened, uses }) =>
    [
      `${bold(environment)} ${opened.length} encrypted files open with its key`,
      ...uses.map(({ namespace, name, from, keys, by }) => {
        const source = from ?? 'made by bootstrap; on an existing cluster by you';
        const takers = by.length === 0 ? dim('nobody takes it') : by.join(', ');
        return `  ${namespace}/${name} (${keys.join(', ') || 'all keys'}): ${takers} ${dim(`from ${source}`)}`;
      }),
    ].join('\n'),
  );
  const wrong = checked.filter(({ findings }) => findings.length > 0);
  if (wrong.length === 0) return blocks.join('\n');
  const results = wrong.map(({ environment, uses, findings }) => ({
    environment,
    objectCount: uses.length,
    findings,
  }));
  return [...blocks, '', formatFindings(results, terminal)].join('\n');
}
