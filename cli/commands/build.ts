import { Command } from 'commander';
import type { Handle } from './outcome.ts';

export function buildCommand(handle: Handle): Command {
  return new Command('build')
    .description('Print the built manifests of an environment, or of one app in it, as one file')
    .argument('<environment>', 'a folder under clusters/, e.g. dev')
    .argument('[app]', 'only this app, with the namespaces it needs')
    .option('--flux', 'with the Flux objects of clusters/<environment>/flux', false)
    .addHelpText(
      'before',
      `Examples:
  platform build dev trades | kubectl apply -f -   deploy one app by hand
  platform build prod --json                       every object of prod, for a script
`,
    )
    .action(
      handle(
        'BuildResult',
        async (deps, environment: string, app: string | undefined, { flux }: { flux: boolean }) => {
          const { assertRealFiles } = await import('../values/assert-real-files.ts');
          const { openKeptBuilds } = await import('../toolchain/kept-builds.ts');
          const { buildEnvironment } = await import('../build/build-environment.ts');
          const { allObjects, appObjects } = await import('../build/select-app.ts');
          const { printManifests } = await import('../build/manifests.ts');
          assertRealFiles(deps.root);
          const builds = openKeptBuilds(deps);
          const build = await buildEnvironment({ ...deps, builds }, environment);
          builds.prune();
          const objects = app === undefined ? allObjects(build) : appObjects(build, app);
          const all = flux ? [...objects, ...build.fluxObjects] : objects;
          return { data: { environment, objects: all }, text: printManifests(all) };
        },
      ),
    );
}
