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
  /** Paths of folders and files that render writes, relative to the repository. */
  readonly rendered: () => Promise<string[]>;
  readonly removeRendered: () => Promise<void>;
  /** Everything that the CLI keeps from an earlier run, besides the outside programs. */
  readonly forget: () => Promise<void>;
  readonly platform: (args: readonly string[], env?: NodeJS.ProcessEnv) => Promise<Timed>;
}

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
  const rendered = async (): Promise<string[]> => {
    const environments = await readdir(join(repository, 'clusters'));
    const apps = await readdir(join(repository, 'apps'));
    return [
      ...environments.map((environment) => join('clusters', environment, 'flux')),
      ...apps.map((app) => join('apps', app, 'overlays')),
    ];
  };
  return {
    repository,
    rendered,
    removeRendered: async () => {
      for (const path of await rendered()) await rm(join(repository, path), { recursive: true, force: true });
      await rm(join(repository, '.platform'), { recursive: true, force: true });
    },
    forget,
    platform: async (args, more) =>
      timed(join(clone, 'platform'), ['-C', repository, ...args], {
        env: { ...env, XDG_CACHE_HOME: cache, ...more },
      }),
  };
}

/** Copies what render wrote, so that `cp -r` has one tree to copy. */
export async function copyRendered({ repository, rendered }: ManyEnvironments, to: string): Promise<void> {
  for (const path of await rendered()) await cp(join(repository, path), join(to, path), { recursive: true });
}
