import { execFileSync } from 'node:child_process';
import { fluxControllers } from '../toolchain/flux-controllers.ts';
import { ensurePrograms } from '../toolchain/ensure-programs.ts';
import { versions } from '../toolchain/versions.ts';
import { newMachine, type Machine } from './e2e-machine.ts';
import { packImage } from './packed-image.ts';
import { toolDeps } from './real-tools.ts';

/**
 * The image of kind's nodes for tests, where the pinned one cannot be pulled. Then no other image can be either, and those of
 * Flux's controllers are packed from the programs of the tool cache.
 */
export const nodeImage = process.env['KIND_NODE_IMAGE'];

/**
 * A machine with Docker: the daemon of this one. Its cluster is of a client of its own, so that it is nobody else's.
 *
 * @param client A DNS label.
 */
export async function newKindMachine(client: string): Promise<Machine> {
  await provideFluxImages();
  const machine = await newMachine();
  delete machine.env['DOCKER_HOST'];
  if (process.env['DOCKER_HOST'] !== undefined) machine.env['DOCKER_HOST'] = process.env['DOCKER_HOST'];
  await machine.edit('platform.yaml', 'client: acme', `client: ${client}`);
  if (nodeImage !== undefined) {
    await machine.edit(
      'clusters/dev/values.yaml',
      'engine: auto',
      `cluster: { nodeImage: ${JSON.stringify(nodeImage)} }\nengine: auto`,
    );
  }
  machine.git('commit', '--all', '--message', `A platform for ${client}`);
  return machine;
}

/** @returns What it printed. */
export function docker(...args: string[]): string {
  return execFileSync('docker', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/**
 * Where no image can be pulled: packs those of Flux's controllers into Docker.
 *
 * @returns Their names; none where they can be pulled.
 */
export async function provideFluxImages(): Promise<string[]> {
  if (nodeImage === undefined) return [];
  const paths = await ensurePrograms(toolDeps, [...fluxControllers], () => undefined);
  const images = fluxControllers.map((name) => ({
    name,
    image: `ghcr.io/fluxcd/${name}:v${versions[name]}`,
  }));
  for (const { name, image } of images) {
    packImage(image, name, paths[name]);
  }
  return images.map(({ image }) => image);
}
