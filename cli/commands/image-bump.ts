import { Command } from 'commander';
import { PlatformError } from '../errors/platform-error.ts';
import type { Handle } from './outcome.ts';

interface Flags {
  readonly latest: boolean;
  readonly dryRun: boolean;
}

const examples = `Examples:
  platform image bump trades prod 0.1.5     write the tag, render, validate, commit
  platform image bump trades dev --latest   the highest that the registry has
`;

export function bumpImageCommand(handle: Handle): Command {
  return new Command('bump')
    .description("Run another tag of an app's image in one environment: one commit, which is not pushed")
    .argument('<app>', 'a folder under templates/apps/, e.g. trades')
    .argument('<environment>', 'a folder under clusters/, e.g. dev')
    .argument('[tag]', 'e.g. 0.1.5')
    .option('--latest', 'the highest tag in the registry that apps.<app>.image.range allows', false)
    .option('--dry-run', 'only print what would change', false)
    .addHelpText('before', examples)
    .action(
      handle<[string, string, string | undefined, Flags]>(
        'ImageBump',
        async (deps, app, name, tag, { latest, dryRun }) => {
          if ((tag === undefined) !== latest) {
            const hint = `platform image bump ${app} ${name} 0.1.5, or: platform image bump ${app} ${name} --latest`;
            throw new PlatformError('USAGE', 'name either a tag or --latest', hint);
          }
          const { applyBump, planBump } = await import('../images/plan-bump.ts');
          const plan = await planBump(deps, app, name, tag);
          const { from, to, file, rendered, remote, warnings } = plan;
          const commit = dryRun ? undefined : await deps.shield(async () => applyBump(deps, plan));
          const paths = [file, ...rendered.map(({ path }) => path)];
          const changes = from !== to || rendered.length > 0;
          return {
            data: { app, environment: name, from, to, paths: changes ? paths : [], commit },
            text: changes ? `${from} -> ${to}` : `${name} runs ${to} already`,
            warnings,
            next: commit === undefined ? [] : [remote === undefined ? `git push ${name}` : 'git push'],
          };
        },
      ),
    );
}
