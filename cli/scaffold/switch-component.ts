import { join } from 'node:path';
import { PlatformError } from '../errors/platform-error.ts';
import { readText, writeFileAtomically } from '../ports/files.ts';
import { appsThatNeed, unknownComponent } from '../values/component-needs.ts';
import { type Component, loadComponents } from '../values/components.ts';
import type { Environment } from '../values/environment.ts';
import { loadEnvironment, valuesFile } from '../values/load-environment.ts';
import { setInYaml } from './edit-yaml.ts';
import { withTrial } from './trial.ts';

export type ComponentState = 'enabled' | 'provided' | 'off';

/** One component in one environment. */
export interface ComponentLine {
  readonly name: string;
  readonly state: ComponentState;
  readonly description: string;
  /** What its templates call a version, and the version. */
  readonly pins: Readonly<Record<string, string>>;
  /** Apps of the environment whose values need it. */
  readonly usedBy: readonly string[];
}

/** All components, as the values of an environment have them. */
export async function listComponentsOf(
  { root }: { readonly root: string },
  environmentName: string,
): Promise<ComponentLine[]> {
  const [environment, components] = [
    await loadEnvironment({ root }, environmentName),
    await loadComponents(root),
  ];
  return components.map(({ name, description, pins }) => ({
    name,
    state: stateOf(environment, name),
    description,
    pins,
    usedBy: appsThatNeed(environment.values, name),
  }));
}

/** What switching a component on or off does to an environment's values. */
export interface ComponentSwitch {
  readonly environment: string;
  readonly component: string;
  readonly from: ComponentState;
  readonly to: ComponentState;
  /** The values file, relative to the root. */
  readonly file: string;
  /** What else has to change, one sentence each. */
  readonly notes: readonly string[];
}

/**
 * Switches a component on or off in the values of an environment; comments and everything else in the file stay. What
 * values it would leave behind is tried first, so that nothing is written that is refused later.
 *
 * @param dryRun Only says what would be written.
 * @throws {PlatformError} COMPONENT_UNKNOWN; VALUES_INVALID where an app needs what is switched off; what loading values throws.
 */
export async function switchComponent(
  { root }: { readonly root: string },
  environmentName: string,
  name: string,
  to: ComponentState,
  dryRun: boolean,
): Promise<ComponentSwitch> {
  const environment = await loadEnvironment({ root }, environmentName);
  const hint = unknownComponent(environment.values, name);
  if (hint !== undefined) {
    throw new PlatformError('COMPONENT_UNKNOWN', `there is no component ${name}`, hint);
  }
  const file = valuesFile(environmentName);
  const from = stateOf(environment, name);
  const component = (await loadComponents(root)).find((one) => one.name === name);
  const result = { environment: environmentName, component: name, from, to, file };
  if (from === to) return { ...result, notes: [] };
  const content = changed(await readText(join(root, file)), file, name, environment, to);
  const after = await withTrial(root, [{ path: file, content }], async (trial) =>
    loadEnvironment({ root: trial }, environmentName),
  );
  if (!dryRun) await writeFileAtomically(join(root, file), content);
  return { ...result, notes: notesOf(after, component, to) };
}

function stateOf({ values }: Environment, name: string): ComponentState {
  const { enabled, provided } = values.components[name] ?? { enabled: false, provided: false };
  return enabled ? 'enabled' : provided ? 'provided' : 'off';
}

function changed(
  text: string,
  file: string,
  name: string,
  environment: Environment,
  to: ComponentState,
): string {
  let content = text;
  try {
    for (const key of ['enabled', 'provided'] as const) {
      const wanted = to === key;
      if ((environment.values.components[name]?.[key] === true) === wanted) continue;
      content = setInYaml(content, ['components', name, key], wanted);
    }
  } catch (error) {
    throw new PlatformError(
      'VALUES_SYNTAX',
      `${file} cannot be edited: ${String(error)}`,
      `Edit ${file}: write components as plain maps, without aliases`,
      { cause: error, details: [{ place: { file }, message: String(error) }] },
    );
  }
  return content;
}

function notesOf({ values }: Environment, component: Component | undefined, to: ComponentState): string[] {
  const notes = to === 'off' ? [] : [...(component?.notes ?? [])];
  if (to !== 'off' && values.protected)
    notes.push('this environment is protected: try the component in another one first');
  return notes;
}
