import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensurePrograms } from '../toolchain/ensure-programs.ts';
import type { Program } from '../toolchain/programs.ts';
import { docker } from './kind-machine.ts';
import { realRun, toolDeps } from './real-tools.ts';

/** The Go module of programs that tests run in pods, in the place of images that cannot be pulled everywhere. */
export const podModule = join(import.meta.dirname, '../e2e/go');

/** Packs one program into an image that holds nothing else, unless Docker has it already. */
export function packImage(image: string, name: string, program: string, user = '65534:65534'): void {
  if (docker('images', '--quiet', image) !== '') return;
  const folder = mkdtempSync(join(tmpdir(), 'packed-image-'));
  try {
    copyFileSync(program, join(folder, name));
    chmodSync(join(folder, name), 0o755);
    const lines = ['FROM scratch', `COPY ${name} /${name}`, `USER ${user}`, `ENTRYPOINT ["/${name}"]`];
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
export async function loadPackedImage(
  cluster: string,
  { name, module, package: main }: Pick<Program, 'name' | 'module' | 'package'>,
): Promise<string> {
  const version = pinOf(module);
  const program: Program = {
    name,
    version,
    module,
    package: main,
    engines: [],
    use: 'a test',
    sizeMb: 60,
    buildSeconds: 105,
  };
  const paths = await ensurePrograms({ ...toolDeps, goModule: podModule }, [name], () => undefined, {
    programs: [program],
    check: 'unless-unchanged',
  });
  const image = `platform.local/${name}:${version}`;
  packImage(image, name, paths[name] ?? '');
  const args = ['load', 'docker-image', image, '--name', cluster];
  await realRun()({ tool: 'kind', args, timeoutMs: 120_000 });
  return image;
}

/** Where Go keeps the source of a module, which has its manifests. */
export async function moduleFolder(module: string): Promise<string> {
  const args = ['list', '-mod=readonly', '-m', '-f', '{{.Dir}}', module];
  const { stdout } = await realRun()({ tool: 'go', args, cwd: podModule, timeoutMs: 300_000 });
  return stdout.trim();
}

function pinOf(module: string): string {
  const goMod = readFileSync(join(podModule, 'go.mod'), 'utf8');
  const pin = new RegExp(`^\\s*${module.replaceAll('.', '\\.')} v(\\S+)`, 'm').exec(goMod)?.[1];
  if (pin === undefined) throw new Error(`cli/e2e/go does not pin ${module}`);
  return pin;
}
