import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { PlatformError } from '../errors/platform-error.ts';
import { closest } from '../errors/did-you-mean.ts';
import { readText, writeFileAtomically } from '../ports/files.ts';
import { loadApp } from './apps.ts';
import { loadEnvironment, valuesFile } from './load-environment.ts';

/** One counter that was raised, so that a stage and all later ones get new Jobs. */
export interface RunBump {
  /** Relative to the root. */
  readonly file: string;
  readonly app: string;
  readonly stage: string;
  readonly from: number;
  readonly to: number;
}

/**
 * Raises the run counter of one stage of a job app in an environment's values; comments and everything else in the file
 * stay. Later stages run again too, since each one's name depends on the one before.
 *
 * @param stage  Undefined for the first.
 * @param dryRun Only says what would be written.
 * @throws {PlatformError} APP_UNKNOWN when the app has no such stage or is switched off; what loading values throws.
 */
export async function bumpRun(
  deps: { readonly root: string },
  environmentName: string,
  appName: string,
  stage: string | undefined,
  dryRun: boolean,
): Promise<RunBump> {
  const environment = await loadEnvironment(deps, environmentName);
  const { stages } = await loadApp(deps.root, appName);
  const wanted = stage ?? stages[0];
  const values = environment.values.apps[appName];
  if (wanted === undefined || !stages.includes(wanted)) {
    const guess = stage === undefined ? undefined : closest(stage, stages);
    throw new PlatformError(
      'APP_UNKNOWN',
      `${appName} has no stage ${wanted ?? ''}; its stages are ${stages.join(', ')}`,
      guess === undefined ? `Name one of: ${stages.join(', ')}` : `Did you mean ${guess}?`,
    );
  }
  const file = valuesFile(environmentName);
  if (values?.enabled !== true) {
    throw new PlatformError(
      'APP_UNKNOWN',
      `${appName} is switched off in ${environmentName}`,
      `Set apps.${appName}.enabled: true in ${file}`,
    );
  }
  const from = (values['run'] as Record<string, number> | undefined)?.[wanted] ?? 1;
  const bump = { file, app: appName, stage: wanted, from, to: from + 1 };
  if (dryRun) return bump;
  const path = join(deps.root, file);
  const document = parseDocument(await readText(path));
  document.setIn(['apps', appName, 'run', wanted], bump.to);
  await writeFileAtomically(path, document.toString({ lineWidth: 0 }));
  return bump;
}
