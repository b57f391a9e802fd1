import { planRender } from '../render/plan-render.ts';
import type { Environment } from '../values/environment.ts';
import type { Finding } from './finding.ts';

/** Rendered files of an environment that are not what its values and templates give; hand edits count, too. */
export async function findStale(
  deps: { readonly root: string },
  environment: Environment,
): Promise<Finding[]> {
  const plan = await planRender(deps, [environment], { force: true });
  return plan
    .filter(({ change }) => change !== 'same')
    .map(({ path }) => ({
      code: 'RENDER_STALE',
      severity: 'error' as const,
      message: `${path} is not what values and templates give`,
      hint: `platform render ${environment.name}`,
      place: { file: path },
    }));
}
