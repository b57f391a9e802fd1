import { Command } from 'commander';
import type { Handle } from './outcome.ts';
import { whichOne } from './which-one.ts';

export function validateCommand(handle: Handle): Command {
  return new Command('validate')
    .description('Build environments and check every object: Kubernetes schemas and house rules')
    .argument('[environment...]', 'folders under clusters/; all of them when none is named')
    .option('--strict', 'warnings fail too', false)
    .addHelpText(
      'before',
      `Examples:
  platform validate                 every environment
  platform validate prod --strict   prod, with warnings as errors
`,
    )
    .action(
      handle('ValidateResult', async (deps, names: string[], { strict }: { strict: boolean }) => {
        const { validateAll } = await import('../validate/validate-all.ts');
        const { findRepositorySecrets, withRepositoryFindings } =
          await import('../validate/repository-secrets.ts');
        const { openKeptBuilds } = await import('../toolchain/kept-builds.ts');
        const { pinnedSchemas } = await import('../toolchain/schemas.ts');
        const { formatFindings } = await import('../validate/format-findings.ts');
        const { root, home, locations, run } = deps;
        const builds = openKeptBuilds(deps);
        const schemas = await pinnedSchemas(deps);
        const [built, secrets] = await Promise.all([
          validateAll({ root, home, locations, run, builds, schemas }, names),
          findRepositorySecrets(deps),
        ]);
        const results = withRepositoryFindings(built, secrets);
        builds.prune();
        const failing = results
          .flatMap(({ findings }) => findings)
          .some(({ severity }) => strict || severity === 'error');
        return {
          data: { environments: results },
          text: formatFindings(results, deps.terminal),
          exitCode: failing ? 1 : 0,
          next: failing ? [] : [`platform diff${whichOne(built.map(({ environment }) => environment))}`],
        };
      }),
    );
}
