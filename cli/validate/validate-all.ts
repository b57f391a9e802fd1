import { buildEnvironment } from '../build/build-environment.ts';
import type { BuildDeps } from '../build/build-folder.ts';
import { limitedRun, mapLimited } from '../build/limited.ts';
import type { Deps } from '../ports/deps.ts';
import { coreCount } from '../ports/machine.ts';
import { findStale } from './find-stale.ts';
import type { EnvironmentFindings } from './format-findings.ts';
import type { SchemaChecker } from './schemas/schema-checker.ts';
import { validateEnvironment } from './validate-environment.ts';

export type ValidateAllDeps = BuildDeps &
  Pick<Deps, 'root' | 'home' | 'locations'> & { readonly schemas: SchemaChecker };

/** Enough that kustomize never waits for checks; each holds the objects of one environment in memory. */
const environmentsAtOnce = 3;

/**
 * Builds and checks environments, in their order.
 *
 * @param names Empty for every environment there is.
 * @throws {PlatformError} what `findStale` and `buildEnvironment` throw.
 */
export async function validateAll(
  deps: ValidateAllDeps,
  names: readonly string[],
): Promise<EnvironmentFindings[]> {
  const stale = await findStale(deps, names);
  const run = limitedRun(deps.run, coreCount() + 1);
  return mapLimited([...stale], environmentsAtOnce, async ([environment, ofRendering]) => {
    const build = await buildEnvironment({ ...deps, run }, environment);
    const findings = [...ofRendering, ...(await validateEnvironment(deps, build))];
    const applied = build.kustomizations.reduce((sum, { objects }) => sum + objects.length, 0);
    return { environment, objectCount: build.fluxObjects.length + applied, findings };
  });
}
