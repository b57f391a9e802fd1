import type { NewFile } from './new-files.ts';

const marks = { create: '+', update: '~' } as const;

/** One line per file, and a last line with the sum. No newline at the end. */
export function formatNewFiles(files: readonly NewFile[], dryRun: boolean): string {
  const count = (change: NewFile['change']): number => files.filter((file) => file.change === change).length;
  const would = dryRun ? 'would be ' : '';
  const updated = count('update') > 0 ? `, ${count('update')} ${would}changed` : '';
  return [
    ...files.map(({ path, change }) => `${marks[change]} ${path}`),
    `${count('create')} files ${would}created${updated}`,
  ].join('\n');
}

/** What `--json` tells of them. */
export function listNewFiles(files: readonly NewFile[]): Pick<NewFile, 'path' | 'change'>[] {
  return files.map(({ path, change }) => ({ path, change }));
}
