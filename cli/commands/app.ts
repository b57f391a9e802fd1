import { Command, Option } from 'commander';
import type { AppKind } from '../values/apps.ts';
import type { Handle } from './outcome.ts';

interface Flags {
  readonly kind: AppKind;
  readonly dryRun: boolean;
}

const examples = `Examples:
  platform app new news-api --kind service                 all its files, in every environment
  platform app new sentiment --kind deployment --dry-run   only list them
`;

export function appCommand(handle: Handle): Command {
  return new Command('app')
    .description('Apps: the folders of templates/apps')
    .addHelpText('before', examples)
    .addCommand(newApp(handle));
}

function newApp(handle: Handle): Command {
  return new Command('new')
    .description('Make the files of a new app, in every environment, from templates/scaffold/app')
    .argument('<name>', 'a DNS label that is not taken; the image is <registry>/<name>')
    .addOption(
      new Option(
        '--kind <kind>',
        'deployment: runs all the time; service: answers requests; job: runs once per change',
      )
        .choices(['deployment', 'service', 'job'])
        .makeOptionMandatory(),
    )
    .option('--dry-run', 'only list the files', false)
    .addHelpText('before', examples)
    .action(
      handle('AppNewResult', async (deps, name: string, { kind, dryRun }: Flags) => {
        const { planNewApp } = await import('../scaffold/new-app.ts');
        const { applyNewFiles } = await import('../scaffold/new-files.ts');
        const { formatNewFiles, listNewFiles } = await import('../scaffold/format-new-files.ts');
        const { listEnvironments } = await import('../values/load-environment.ts');
        const files = await planNewApp(deps, { name, kind });
        if (!dryRun) await deps.shield(async () => applyNewFiles(deps, files));
        const environments = await listEnvironments(deps.root);
        const target = environments.includes('dev') ? 'dev' : (environments[0] ?? '<environment>');
        const changed = files.flatMap(({ path, change }) => (change === 'update' ? [path] : []));
        const paths = [`apps/${name} templates/apps/${name}`, `clusters/*/flux/${name}*.yaml`, ...changed];
        return {
          data: { app: name, kind, written: !dryRun, files: listNewFiles(files) },
          text: formatNewFiles(files, dryRun),
          next: dryRun
            ? []
            : [
                'platform validate',
                `git add ${paths.join(' ')} && git commit -m "Add ${name}"`,
                `platform deploy ${target}`,
              ],
        };
      }),
    );
}
