import { Command } from 'commander';
import type { Handle } from './outcome.ts';

interface Flags {
  readonly from?: string;
  readonly dryRun: boolean;
}

const examples = `Examples:
  platform backfill rerun dev                    all of its stages, at the next deploy
  platform backfill rerun dev --from 2-candles   this stage, and those after it
`;

export function backfillCommand(handle: Handle): Command {
  const rerun = new Command('rerun')
    .description(
      'Raise the run counter of a stage in values.yaml: it and the stages after it run again when deployed',
    )
    .addHelpText('before', examples)
    .argument('<environment>', 'a folder under clusters/, e.g. dev')
    .option('--from <stage>', 'the first stage to run again; by default the first of all, e.g. 2-candles')
    .option('--dry-run', 'only print the change', false)
    .action(
      handle('BackfillRerun', async (deps, name: string, { from: stage, dryRun }: Flags) => {
        const { bumpRun } = await import('../values/bump-run.ts');
        const bump = await bumpRun(deps, name, 'backfill', stage, dryRun);
        const { file, app, from, to } = bump;
        return {
          data: { environment: name, dryRun, ...bump },
          text: `${file}: apps.${app}.run.${bump.stage}: ${from} -> ${to}`,
          next: [`platform diff ${name}`, `platform deploy ${name} -m "Run the backfill again"`],
        };
      }),
    );
  return new Command('backfill')
    .description('Run the backfill again')
    .addHelpText('before', examples)
    .addCommand(rerun);
}
