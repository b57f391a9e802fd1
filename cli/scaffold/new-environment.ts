import { join } from 'node:path';
import { PlatformError } from '../errors/platform-error.ts';
import { listFiles, readText } from '../ports/files.ts';
import type { Environment } from '../values/environment.ts';
import { loadEnvironment, valuesFile } from '../values/load-environment.ts';
import { setInYaml } from './edit-yaml.ts';
import { assertLabel, invalidName } from './names.ts';
import { assertNothingInTheWay, type NewFile } from './new-files.ts';
import { renderAll, withTrial } from './trial.ts';

export interface NewEnvironment {
  /** Sorted by path, for `applyNewFiles`. */
  readonly files: readonly NewFile[];
  /** What a person should look at in the new values file, one sentence each. */
  readonly notes: readonly string[];
}

/**
 * All files of a new environment: the values of another one with their comments, without what two environments cannot share,
 * and what rendering gives for them. Tried out in a side folder; nothing is written here, and secrets are never copied.
 *
 * @throws {PlatformError} NAME_INVALID, ENVIRONMENT_UNKNOWN; VALUES_INVALID, VALUES_SYNTAX, TEMPLATE_FAILED of what is there.
 */
export async function planNewEnvironment(
  { root }: { readonly root: string },
  { name, from }: { readonly name: string; readonly from: string },
): Promise<NewEnvironment> {
  assertLabel(name, 'an environment', `platform env new --from ${from}`);
  if ((await listFiles(join(root, 'clusters', name))).length > 0) {
    const hint = `platform env new <another name> --from ${from}`;
    throw invalidName(name, 'a new environment', `it is taken: clusters/${name} is there`, hint);
  }
  const model = await loadEnvironment({ root }, from);
  const { content, notes } = ownValues(await readText(join(root, valuesFile(from))), name, model);
  const values: NewFile = { path: valuesFile(name), content, change: 'create' };
  const rendered = await withTrial(root, [values], async (trial) => renderAll(trial, [name]));
  const files = [
    values,
    ...rendered.map((file) => ({ path: file.path, content: file.content, change: 'create' as const })),
  ].sort((a, b) => (a.path < b.path ? -1 : 1));
  await assertNothingInTheWay(root, name, files);
  return { files, notes };
}

/** The values without what belongs to one environment alone. */
function ownValues(
  text: string,
  name: string,
  { name: from, client, values }: Environment,
): { content: string; notes: string[] } {
  const file = valuesFile(name);
  const notes: string[] = [];
  let content = text;
  try {
    if (values.cluster.context !== undefined) {
      const context = `${client}-${name}`; // as kubeconfig contexts are named everywhere here
      content = setInYaml(content, ['cluster', 'context'], context);
      notes.push(`${file} names the kubeconfig context ${context}: write there what yours is called`);
    }
    if (values.secrets.sops) {
      content = setInYaml(content, ['secrets', 'sops'], false);
      notes.push(
        `secrets are never copied, so ${file} has secrets.sops: false: set it to true when clusters/${name}/secrets holds the environment's own`,
      );
    }
    if (values.secrets.recipients.length > 0) {
      content = setInYaml(content, ['secrets', 'recipients'], []);
      notes.push(`every environment has an age key of its own: platform secrets init ${name}`);
    }
  } catch (error) {
    throw new PlatformError(
      'VALUES_SYNTAX',
      `${valuesFile(from)} cannot be adapted to ${name}: ${String(error)}`,
      `Edit ${valuesFile(from)}: write cluster and secrets as plain maps, without aliases`,
      { cause: error, details: [{ place: { file: valuesFile(from) }, message: String(error) }] },
    );
  }
  const lines = linesNaming(content, from);
  if (lines.length > 0) {
    const where = `${lines.length === 1 ? 'line' : 'lines'} ${lines.join(', ')}`;
    notes.push(`${file} still speaks of ${from} in ${where}`);
  }
  return { content, notes };
}

/** The lines, from 1, in which a name stands as a word of its own. */
function linesNaming(text: string, name: string): number[] {
  const word = new RegExp(`(^|[^a-z0-9-])${name}($|[^a-z0-9-])`, 'i');
  return text.split('\n').flatMap((line, index) => (word.test(line) ? [index + 1] : []));
}
