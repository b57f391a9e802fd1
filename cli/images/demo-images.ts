import { dockerWith } from '../engines/kind/docker.ts';
import type { Deps } from '../ports/deps.ts';
import { withTreeAt } from '../publish/tree-at.ts';
import { demoRepository, demoTag } from '../values/app-images.ts';
import type { Environment } from '../values/environment.ts';
import { loadEnvironment } from '../values/load-environment.ts';
import { buildImage, type BuildDeps } from './build-image.ts';
import { loadImages } from './load-images.ts';
import { planDemo } from './plan-image.ts';

export interface DemoImage {
  /** Of its app. */
  readonly name: string;
  /** `<repository>:<tag>` */
  readonly image: string;
}

/** The demos that an environment runs: its apps whose values name no image. @param root Where the environment was read. */
export function demoImages(root: string, { values }: Environment): DemoImage[] {
  return Object.entries(values.apps).flatMap(([name, { enabled, image }]) => {
    const isDemo = image?.repository === demoRepository(name) && image.tag === demoTag(root, name);
    if (!enabled || !isDemo) return [];
    return [{ name, image: `${image.repository}:${image.tag}` }];
  });
}

/**
 * Builds the demo images of a commit that Docker lacks, and copies those to the nodes of a kind cluster that they lack.
 *
 * @param commit  What Flux will apply: files of the working tree may be others.
 * @param cluster As kind names it.
 * @returns `already` when everything was there.
 * @throws {PlatformError} IMAGE_BUILD_FAILED, ENGINE_FAILED.
 */
export async function ensureDemoImages(
  deps: BuildDeps & Pick<Deps, 'root'>,
  { environment: name, commit, cluster }: { environment: string; commit: string; cluster: string },
  say: (detail: string) => void,
): Promise<'already' | 'done'> {
  return withTreeAt(deps, commit, async (tree) => {
    const values = await loadEnvironment({ root: tree }, name);
    const wanted = demoImages(tree, values);
    if (wanted.length === 0) return 'already';
    const docker = dockerWith(deps.run);
    await docker.require();
    const here = await docker.images(wanted.map(({ image }) => image));
    const missing = wanted.filter(({ image }) => !here.includes(image));
    for (const demo of missing) {
      say(`building ${demo.image}`);
      const plan = await planDemo(deps, { ...demo, root: tree, commit }, values);
      await buildImage(deps, plan, say);
    }
    const images = wanted.map(({ image }) => image);
    const loaded = await loadImages(deps, cluster, images, say);
    return missing.length === 0 && loaded.length === 0 ? 'already' : 'done';
  });
}
