import { chmod, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { locationsFrom, type Locations } from '../ports/locations.ts';
import type { Origin } from '../toolchain/origin.ts';
import type { Program } from '../toolchain/programs.ts';
import { versions } from '../toolchain/versions.ts';

/** A machine for the toolchain: an empty cache, a folder that alone is PATH, and a Go module with small programs. */
export interface ToolMachine {
  readonly deps: { readonly locations: Locations; readonly home: string };
  /** Puts an executable shell script into a folder of this machine, made where it is absent. */
  readonly script: (directory: string, name: string, body: string) => Promise<string>;
  readonly directory: string;
  readonly path: string;
  readonly named: string;
}

/** How a program that a test puts into a cache came there. */
export const built: Origin = { source: 'build', from: 'example.test/tools', digests: {} };

/** The pin of a program that the machine's module can build; it prints its version when run with `version`. */
export function localProgram(name: string): Program {
  return {
    name,
    version: '1.2.3',
    module: 'example.test/tools',
    package: `example.test/tools/cmd/${name}`,
    versionArgs: ['version'],
    engines: [],
    use: 'a test',
    sizeMb: 1,
    buildSeconds: 1,
  };
}

/** @param sources Go source of `cmd/<name>/main.go` by name. */
export async function toolMachine(sources: Readonly<Record<string, string>> = {}): Promise<ToolMachine> {
  const directory = await mkdtemp(join(tmpdir(), 'tool machine-'));
  const [path, named] = [join(directory, 'path'), join(directory, 'named')];
  const module = join(directory, 'cli', 'toolchain', 'go');
  await mkdir(module, { recursive: true });
  await writeFile(join(module, 'go.mod'), `module example.test/tools\n\ngo ${versions.go}\n`);
  for (const [name, source] of Object.entries(sources)) {
    await mkdir(join(module, 'cmd', name), { recursive: true });
    await writeFile(join(module, 'cmd', name, 'main.go'), source);
  }
  const env = {
    HOME: directory,
    XDG_CACHE_HOME: join(directory, 'cache'),
    PATH: path,
    PLATFORM_TOOLS_DIR: named,
  };
  return {
    directory,
    path,
    named,
    deps: { locations: locationsFrom(env), home: directory },
    script: async (folder, name, body) => {
      await mkdir(folder, { recursive: true });
      const file = join(folder, name);
      await writeFile(file, `#!/bin/sh\n${body}\n`);
      await chmod(file, 0o755);
      return file;
    },
  };
}
