import { Command } from 'commander';
import type { Handle } from './outcome.ts';

export function diffCommand(handle: Handle): Command {
  return new Command('diff')
    .description('Show what the next commit changes in the built manifests, object by object')
    .argument('[environment]', 'a folder under clusters/; all of them when none is named')
    .option('--base <revision>', 'a git revision, or `applied`: what the cluster runs now', 'HEAD')
    .addHelpText(
      'before',
      `Examples:
  platform diff dev                    what a deploy would change, against the last commit
  platform diff prod --base v1.4.0     what changed since a tag
`,
    )
    .action(
      handle('DiffResult', async (deps, name: string | undefined, { base }: { base: string }) => {
        const { loadEnvironments } = await import('../values/load-environment.ts');
        const { diffEnvironment } = await import('../publish/diff-environment.ts');
        const { appliedCommit } = await import('../lifecycle/applied-revision.ts');
        const { openKeptBuilds } = await import('../toolchain/kept-builds.ts');
        const { formatChanges } = await import('../publish/diff-format.ts');
        const builds = openKeptBuilds(deps);
        const results = [];
        for (const environment of await loadEnvironments(deps, name === undefined ? [] : [name])) {
          const revision = base === 'applied' ? await appliedCommit(deps, environment.name) : base;
          const changes = await diffEnvironment({ ...deps, builds }, environment, revision);
          results.push({ environment: environment.name, base: revision, changes });
        }
        builds.prune();
        const changed = results.find(({ changes }) => changes.length > 0);
        return {
          data: { environments: results },
          text: formatChanges(results, deps.terminal),
          exitCode: changed ? 1 : 0,
          next: changed ? [`platform deploy ${changed.environment}`] : [],
        };
      }),
    );
}
