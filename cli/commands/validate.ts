import { Command } from 'commander';
import type { Handle } from './outcome.ts';

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
        const { loadEnvironments } = await import('../values/load-environment.ts');
        const { findStale } = await import('../validate/find-stale.ts');
        const { buildEnvironment } = await import('../build/build-environment.ts');
        const { validateEnvironment } = await import('../validate/validate-environment.ts');
        const { pinnedSchemas } = await import('../toolchain/schemas.ts');
        const { formatFindings } = await import('../validate/format-findings.ts');
        const schemas = await pinnedSchemas(deps);
        const results = [];
        for (const environment of await loadEnvironments(deps, names)) {
          const build = await buildEnvironment(deps, environment.name);
          const findings = [
            ...(await findStale(deps, environment)),
            ...(await validateEnvironment({ root: deps.root, schemas }, build)),
          ];
          const built = build.kustomizations.reduce((sum, { objects }) => sum + objects.length, 0);
          results.push({
            environment: environment.name,
            objectCount: build.fluxObjects.length + built,
            findings,
          });
        }
        const failing = results
          .flatMap(({ findings }) => findings)
          .some(({ severity }) => strict || severity === 'error');
        return {
          data: { environments: results },
          text: formatFindings(results, deps.terminal),
          exitCode: failing ? 1 : 0,
          next: failing ? [] : ['platform diff'],
        };
      }),
    );
}
