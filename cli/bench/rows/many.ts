import { cp, mkdir, readdir, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { manyEnvironments } from '../many-environments.ts';
import { timed, type Timed } from '../timed.ts';
import type { Workshop } from '../workshop.ts';

/** How many environments; each has three apps and seven overlays. */
export const environmentCount = 400;

/** A repository of many environments, and the CLI of this checkout on it with caches of its own. */
export interface ManyEnvironments {
  readonly repository: string;
  readonly platform: (args: readonly string[], env?: NodeJS.ProcessEnv) => Promise<Timed>;
  /** As `platform`, with nothing kept from an earlier run besides the outside programs. */
  readonly platformAnew: ManyEnvironments['platform'];
}

/** @param name Of the repository's folder. Nothing in it is rendered. */
export async function prepareMany(workshop: Workshop, name: string): Promise<ManyEnvironments> {
  const repository = await workshop.folder(name);
  await manyEnvironments(workshop.root, repository, environmentCount);
  const { clone, env } = await workshop.machine();
  const cache = await workshop.folder(`${name}-cache`);
  const tools = dirname(dirname(dirname(await workshop.program('kustomize'))));
  const forget = async (): Promise<void> => {
    await rm(cache, { recursive: true, force: true });
    await mkdir(join(cache, 'platform'), { recursive: true });
    await symlink(tools, join(cache, 'platform/tools'));
  };
  await forget();
  const platform: ManyEnvironments['platform'] = async (args, more) =>
    timed(join(clone, 'platform'), ['-C', repository, ...args], {
      env: { ...env, XDG_CACHE_HOME: cache, ...more },
    });
  return {
    repository,
    platform,
    platformAnew: async (args, more) => {
      await forget();
      return platform(args, more);
    },
  };
}

/** Copies what render wrote, so that `cp -r` has one tree to copy. */
export async function copyRendered({ repository }: ManyEnvironments, to: string): Promise<void> {
  for (const [folder, rendered] of [
    ['clusters', 'flux'],
    ['apps', 'overlays'],
  ] as const) {
    for (const entry of await readdir(join(repository, folder), { withFileTypes: true })) {
      const path = join(folder, entry.name, rendered);
      if (entry.isDirectory()) await cp(join(repository, path), join(to, path), { recursive: true });
    }
  }
}
