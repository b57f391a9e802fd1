import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensurePrograms } from '../toolchain/ensure-programs.ts';
import type { Program } from '../toolchain/programs.ts';
import { docker } from './kind-machine.ts';
import { realRun, toolDeps } from './real-tools.ts';

/** The Go module of programs that tests run in pods, in the place of images that cannot be pulled everywhere. */
export const podModule = join(import.meta.dirname, '../e2e/go');

/**
 * Packs one program into an image that holds nothing else, unless Docker has it already.
 *
 * @param files More that it holds, in the folder `/files`: content by name.
 */
export function packImage(
  image: string,
  name: string,
  program: string,
  user = '65534:65534',
  files: ReadonlyMap<string, Buffer | string> = new Map(),
): void {
  if (docker('images', '--quiet', image) !== '') return;
  const folder = mkdtempSync(join(tmpdir(), 'packed-image-'));
  try {
    copyFileSync(program, join(folder, name));
    chmodSync(join(folder, name), 0o755);
    mkdirSync(join(folder, 'files'));
    for (const [file, content] of files) writeFileSync(join(folder, 'files', file), content);
    const lines = [
      'FROM scratch',
      `COPY ${name} /${name}`,
      ...(files.size > 0 ? ['COPY files /files'] : []),
      `USER ${user}`,
      `ENTRYPOINT ["/${name}"]`,
    ];
    writeFileSync(join(folder, 'Dockerfile'), `${lines.join('\n')}\n`);
    docker('build', '--quiet', '--tag', image, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * An image of a program of {@link podModule}, built and packed on this machine, and in the nodes of a cluster of kind.
 *
 * @returns Its name, in a registry that does not exist: no node pulls another one.
 */
export async function loadPackedImage(cluster: string, wanted: PodProgram): Promise<string> {
  const version = pinOf(podModule, wanted.module);
  const paths = await buildForPods(podModule, [wanted]);
  const image = `platform.local/${wanted.name}:${version}`;
  packImage(image, wanted.name, paths[wanted.name] ?? '');
  await loadImages(cluster, [image]);
  return image;
}

/** A program of a Go module that tests run in pods. */
export type PodProgram = Pick<Program, 'name' | 'module' | 'package'>;

/**
 * Builds programs, or takes them from the cache of tools.
 *
 * @param goModule The folder of the go.mod that pins them.
 * @returns Absolute paths by name.
 */
export async function buildForPods(
  goModule: string,
  wanted: readonly PodProgram[],
): Promise<Record<string, string>> {
  const programs = wanted.map((program): Program => ({
    ...program,
    version: pinOf(goModule, program.module),
    engines: [],
    use: 'a test',
    sizeMb: 60,
    buildSeconds: 105,
  }));
  const names = programs.map(({ name }) => name);
  return ensurePrograms({ ...toolDeps, goModule }, names, () => undefined, {
    programs,
    check: 'unless-unchanged',
  });
}

/** Brings images of Docker into the nodes of a cluster of kind. */
export async function loadImages(cluster: string, images: readonly string[]): Promise<void> {
  const args = ['load', 'docker-image', ...images, '--name', cluster];
  await realRun()({ tool: 'kind', args, timeoutMs: 300_000 });
}

/** Where Go keeps the source of a module, which has its manifests. */
export async function moduleFolder(module: string, goModule = podModule): Promise<string> {
  const args = ['mod', 'download', '-json', module];
  const { stdout } = await realRun()({ tool: 'go', args, cwd: goModule, timeoutMs: 300_000 });
  return (JSON.parse(stdout) as { Dir: string }).Dir;
}

/** The version of a module that a go.mod pins, without its `v`. */
function pinOf(goModule: string, module: string): string {
  const goMod = readFileSync(join(goModule, 'go.mod'), 'utf8');
  const pin = new RegExp(`^\\s*${module.replaceAll('.', '\\.')} v(\\S+)`, 'm').exec(goMod)?.[1];
  if (pin === undefined) throw new Error(`${goModule} does not pin ${module}`);
  return pin;
}
