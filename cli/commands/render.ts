import { Command } from 'commander';
import type { Change } from '../render/plan-render.ts';
import type { Handle } from './outcome.ts';

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
      handle(
        'RenderResult',
        async ({ root }, names: string[], { check, force }: { check: boolean; force: boolean }) => {
          const { loadEnvironments } = await import('../values/load-environment.ts');
          const { applyRender, planRender } = await import('../render/plan-render.ts');
          const environments = await loadEnvironments({ root }, names);
          const plan = await planRender({ root }, environments, { force });
          if (!check) await applyRender({ root }, plan);
          const changes = plan
            .filter(({ change }) => change !== 'same')
            .map(({ path, change }) => ({ path, change }));
          const stale = check && changes.length > 0;
          return {
            data: {
              environments: environments.map(({ name }) => name),
              written: !check,
              same: plan.length - changes.length,
              changes,
            },
            text: [
              ...changes.map(({ path, change }) => `${marks[change]} ${path}`),
              summary(plan, check),
            ].join('\n'),
            exitCode: stale ? 1 : 0,
            next: stale
              ? ['platform render']
              : changes.length > 0
                ? ['platform validate', 'platform diff']
                : [],
          };
        },
      ),
    );
}

function summary(plan: readonly Change[], check: boolean): string {
  const count = (change: Change['change']): number => plan.filter((one) => one.change === change).length;
  const would = check ? 'would be ' : '';
  return `${String(count('create') + count('update'))} ${would}written, ${String(count('delete'))} ${would}deleted, ${String(count('same'))} the same`;
}
