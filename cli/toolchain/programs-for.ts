import type { EngineName } from '../values/environment.ts';
import { programs, type Program } from './programs.ts';

/**
 * What one engine needs to run, and the CLI with it.
 *
 * @param components Of the infrastructure: those that the environment has.
 */
export function programsFor(engine: EngineName, components: readonly string[] = []): readonly Program[] {
  return programs.filter(
    ({ engines, component, command }) =>
      command === undefined &&
      (engines.length === 0 || engines.includes(engine)) &&
      (component === undefined || components.includes(component)),
  );
}
