import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { PlatformError } from '../errors/platform-error.ts';
import { listFiles, readText } from '../ports/files.ts';
import { memoize } from '../values/memoize.ts';
import { plainText } from '../values/text.ts';
import { sha256 } from './header.ts';

/** Long enough that two runs of one stage never meet, short enough for a name. */
export const hashLength = 10;

export interface StageInputs {
  /** The stage's folder in apps/<app>/base. */
  readonly base: readonly { readonly path: string; readonly content: string }[];
  /** The rendered files of its overlay, with the Job's plain name where the hash will stand. */
  readonly overlay: readonly { readonly path: string; readonly content: string }[];
  /** The counter that a person raises to run the stage once more. */
  readonly run: number;
  /** Of the stage before: what it writes is what this one reads. */
  readonly before: string | undefined;
}

/** Gives the hash of one stage; see {@link stageHasher}. */
export type HashStage = (inputs: StageInputs) => string;

/**
 * The hash that ends a Job's name. A Job's template cannot be changed in place, so everything that would change it gives the
 * Job a new name, and Flux runs the new one and removes the old one. Comments, blank lines and the order of keys do not count.
 * One hasher reads each text once: keep it for all environments.
 */
export function stageHasher(): HashStage {
  const read = memoize(meaningOf); // bases are those of every environment
  const meaning = (files: StageInputs['base']): unknown =>
    files.map(({ path, content }) => [path, /\.ya?ml$/.test(path) ? read(content) : content]);
  return ({ base, overlay, run, before }) =>
    sha256(JSON.stringify([meaning(base), meaning(overlay), run, before ?? null])).slice(0, hashLength);
}

/**
 * Reads what people wrote for a stage.
 *
 * @throws {PlatformError} TEMPLATE_FAILED where the folder is not there.
 */
export async function readStageBase(root: string, app: string, stage: string): Promise<StageInputs['base']> {
  const folder = `apps/${app}/base/${stage}`;
  const paths = await listFiles(join(root, folder));
  if (paths.length === 0) {
    throw new PlatformError(
      'TEMPLATE_FAILED',
      `templates/apps/${app}/app.yaml names the stage ${stage}, and ${folder} is not there`,
      `Write ${folder}/kustomization.yaml and its Job, or take ${stage} out of app.yaml`,
      { details: [{ place: { file: `templates/apps/${app}/app.yaml` }, message: `no folder ${folder}` }] },
    );
  }
  return Promise.all(
    paths.map(async (path) => ({ path, content: plainText(await readText(join(root, folder, path))) })),
  );
}

function meaningOf(content: string): unknown {
  const documents = parseAllDocuments(content);
  if (!Array.isArray(documents)) return null;
  return documents.map((document) => sorted(document.toJS()));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, child]) => [key, sorted(child)]));
}
