import { PlatformError } from '../errors/platform-error.ts';

/** A label may be no longer, and the tag becomes one. */
const longestTag = 63;

const version = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/;
const preRelease = /^[a-z][a-z0-9]*$/;
/** `0.1.5`, `0.1.5-beta.20260131`. */
const written = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[a-z][a-z0-9]*\.\d{8})?$/;
const throwAway = /-(demo|dev)\.[0-9a-f]+$/;

/**
 * The tag of an image that somebody builds: `<semver>` for a release, `<semver>-<pre>.<yyyymmdd>` for a build before it.
 * The day is that of the build, in UTC.
 *
 * @param tag `0.1.5`; also a whole one, such as `0.1.5-beta.20260131`, where there is no `pre`.
 * @param pre `beta`, `rc`; `dev` for what is never deployed elsewhere.
 * @param now Milliseconds since 1970.
 * @throws {PlatformError} IMAGE_TAG_INVALID
 */
export function imageTag(tag: string, pre: string | undefined, now: number): string {
  if (pre === undefined) return requirePolicy(tag);
  if (!version.test(tag)) {
    throw invalid(
      `--pre needs the version alone, and --tag is ${tag}`,
      `--tag ${/^\d+\.\d+\.\d+/.exec(tag)?.[0] ?? '0.1.5'} --pre ${pre}`,
    );
  }
  if (!preRelease.test(pre)) {
    throw invalid(`--pre is ${pre}; it must be a word in lower case`, `--tag ${tag} --pre beta`);
  }
  const day = new Date(now).toISOString().slice(0, 10).replaceAll('-', '');
  return requirePolicy(`${tag}-${pre}.${day}`);
}

/** @param image `<repository>:<tag>` */
export function tagOf(image: string): string {
  return image.slice(image.lastIndexOf(':') + 1);
}

/** True for tags of images that stay on this machine and may come from files that nobody committed. */
export function isThrowAway(tag: string): boolean {
  return throwAway.test(tag);
}

function requirePolicy(tag: string): string {
  if (written.test(tag) && tag.length <= longestTag) return tag;
  throw invalid(
    `${tag} is no tag for an image: it must be a version such as 0.1.5, or 0.1.5-beta.20260131 for a build before it`,
    '--tag 0.1.5, or --tag 0.1.5 --pre beta',
  );
}

function invalid(message: string, hint: string): PlatformError {
  return new PlatformError('IMAGE_TAG_INVALID', message, hint);
}
