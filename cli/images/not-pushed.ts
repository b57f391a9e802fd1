import type { Deps } from '../ports/deps.ts';
import { demoRegistry } from '../values/app-images.ts';
import type { Environment } from '../values/environment.ts';
import { parseName } from './image-name.ts';
import { registryLacks } from './registry-tags.ts';
import { isThrowAway, tagOf } from './tag-policy.ts';

/** In milliseconds: rendering and validating take about as long. */
const timeoutMs = 3_000;

/**
 * Says that an image is not in its registry, where the registry itself says so. Not asked for are images that no registry has
 * to have: demos, those that stay on one machine, those of simulated pods, and those that nodes pull from a mirror.
 *
 * @param image `<repository>:<tag>`
 * @returns One sentence with what to type, or nothing; never rejects.
 */
export async function warnOfNotPushed(
  deps: Pick<Deps, 'downloads' | 'locations'>,
  { name, values: { engine, cluster } }: Environment,
  app: string,
  image: string,
): Promise<string[]> {
  const [{ host }, tag] = [parseName(image), tagOf(image)];
  if (host === demoRegistry || isThrowAway(tag) || engine === 'embedded') return [];
  if (Object.hasOwn(cluster.registryMirrors, host)) return [];
  if (!(await registryLacks(deps, image, timeoutMs))) return [];
  const how = `--env ${name} --tag ${tag}`;
  const orLoad =
    engine === 'existing' ? '' : `; on kind this does as well: platform image load ${app} ${how}`;
  return [
    `${host} has no ${image}, so pods cannot pull it (ImagePullBackOff) until it is pushed: platform image push ${app} ${how}${orLoad}`,
  ];
}
