import { Command } from 'commander';
import type { Change } from '../render/plan-render.ts';
import type { Rendering } from '../render/render-environments.ts';
import type { Handle } from './outcome.ts';
import { whichOne } from './which-one.ts';

const marks = { create: '+', update: '~', delete: '-', same: ' ' } as const;

export function renderCommand(handle: Handle): Command {
  return new Command('render')
    .description('Write the overlays and Flux objects that values and templates give')
    .argument('[environment...]', 'folders under clusters/; all of them when none is named')
    .option('--check', 'write nothing; exit 1 if a file would change', false)
    .option('--force', 'overwrite rendered files that were edited by hand', false)
    .addHelpText(
      'before',
      `Examples:
  platform render                 every environment
  platform render dev --check     exit 1 where dev's rendered files are not up to date
`,
    )
    .action(
      handle('RenderResult', async (deps, names: string[], options: { check: boolean; force: boolean }) => {
        const { renderEnvironments } = await import('../render/render-environments.ts');
        const { check } = options;
        const rendering = await renderEnvironments(deps, names, options);
        const { environments, sameCount } = rendering;
        const changes = rendering.changes.map(({ path, change }) => ({ path, change }));
        const which = whichOne(environments);
        const stale = check && changes.length > 0;
        return {
          data: {
            environments,
            written: !check,
            same: sameCount,
            changes,
          },
          text: [
            ...changes.map(({ path, change }) => `${marks[change]} ${path}`),
            summary(rendering, check),
          ].join('\n'),
          exitCode: stale ? 1 : 0,
          next: stale
            ? [`platform render${which}`]
            : changes.length > 0
              ? [`platform validate${which}`, `platform diff${which}`]
              : [],
        };
      }),
    );
}

function summary({ changes, sameCount }: Rendering, check: boolean): string {
  const count = (change: Change['change']): number => changes.filter((one) => one.change === change).length;
  const would = check ? 'would be ' : '';
  return `${String(count('create') + count('update'))} ${would}written, ${String(count('delete'))} ${would}deleted, ${String(sameCount)} the same`;
}
