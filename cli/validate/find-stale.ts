import { environmentOf, type Change } from '../render/plan-render.ts';
import { renderEnvironments } from '../render/render-environments.ts';
import type { Deps } from '../ports/deps.ts';
import type { Finding } from './finding.ts';

/**
 * Rendered files that are not what values and templates give, by environment; hand edits count, too. Of environments that are
 * gone, the files that are still there belong to the first one.
 *
 * @param names Empty for every environment there is.
 * @returns An entry for each environment, also where it has no finding.
 * @throws {PlatformError} what `loadEnvironments` and `renderFiles` throw.
 */
export async function findStale(
  deps: Pick<Deps, 'root' | 'home' | 'locations'>,
  names: readonly string[] = [],
): Promise<Map<string, Finding[]>> {
  const { environments, changes } = await renderEnvironments(deps, names, { force: true, check: true });
  const found = new Map<string, Finding[]>(environments.map((name) => [name, []]));
  for (const { path } of changes) {
    const name = environmentOf(path);
    (found.get(name) ?? found.get(environments[0] ?? ''))?.push(staleFile(path, found.has(name) ? name : ''));
  }
  return found;
}

function staleFile(path: Change['path'], environment: string): Finding {
  return {
    code: 'RENDER_STALE',
    severity: 'error',
    message: `${path} is not what values and templates give`,
    hint: `platform render ${environment}`.trimEnd(),
    place: { file: path },
  };
}
