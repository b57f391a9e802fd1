import { maxSatisfying, valid } from 'semver';
import { isThrowAway } from './tag-policy.ts';

/**
 * The highest version among tags that a range allows; builds before a release count only where the range names one, as in
 * `>=1.2.0-0`. That is Flux's rule as well.
 *
 * @returns undefined where there is none. Tags that are no version, and those that stay on one machine, do not count.
 * @see {@link https://fluxcd.io/flux/components/image/imagepolicies/#semver}
 */
export function latestTag(tags: readonly string[], range: string): string | undefined {
  const versions = tags.filter((tag) => valid(tag) === tag && !isThrowAway(tag));
  return maxSatisfying(versions, range, { includePrerelease: /\d-[0-9a-z]/i.test(range) }) ?? undefined;
}
