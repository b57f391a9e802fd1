import { join } from 'node:path';
import { PlatformError } from '../errors/platform-error.ts';
import { listFiles, readText } from '../ports/files.ts';
import type { AppKind } from '../values/apps.ts';
import type { NewFile } from './new-files.ts';

/** What a new app of a kind begins as, relative to the root: the tree below it mirrors the repository. */
export function skeletonFolder(kind: AppKind): string {
  return `templates/scaffold/app/${kind}`;
}

/** A skeleton's file, filled in; `source` is where a person changes it for the next app. Lines stay where they are. */
export interface SkeletonFile extends NewFile {
  readonly source: string;
}

/**
 * Reads the skeleton of a kind: `[app]` in its paths and `<app>` in its files become the app's name, and nothing else changes.
 *
 * @throws {PlatformError} TEMPLATE_FAILED where there is none.
 */
export async function readAppSkeleton(root: string, kind: AppKind, name: string): Promise<SkeletonFile[]> {
  const folder = skeletonFolder(kind);
  const paths = await listFiles(join(root, folder));
  if (paths.length === 0) {
    throw new PlatformError(
      'TEMPLATE_FAILED',
      `there is nothing to make a ${kind} from: ${folder} is not there`,
      `git checkout HEAD -- ${folder}`,
      { details: [{ place: { file: folder }, message: 'the folder is missing or empty' }] },
    );
  }
  return Promise.all(
    paths.map(async (path) => ({
      path: path.replaceAll('[app]', name),
      content: (await readText(join(root, folder, path))).replaceAll('<app>', name),
      change: 'create' as const,
      source: `${folder}/${path}`,
    })),
  );
}

/** An error of a file that was never written, told of the skeleton that it came from. */
export function blameSkeleton(error: unknown, kind: AppKind, skeleton: readonly SkeletonFile[]): unknown {
  if (!(error instanceof PlatformError)) return error;
  const sourceOf = (file: string): string | undefined => skeleton.find(({ path }) => path === file)?.source;
  if (!error.details.some(({ place }) => place && sourceOf(place.file))) return error;
  const details = error.details.map((detail) => {
    const source = detail.place && sourceOf(detail.place.file);
    return source === undefined ? detail : { ...detail, place: { ...detail.place, file: source } };
  });
  const message = skeleton.reduce((text, { path, source }) => text.replaceAll(path, source), error.message);
  return new PlatformError(
    error.code,
    `nothing was written: ${message}`,
    `Edit ${details.find(({ place }) => place?.file.startsWith(skeletonFolder(kind)))?.place?.file ?? skeletonFolder(kind)}`,
    { details, cause: error },
  );
}
