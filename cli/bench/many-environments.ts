import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const copied = ['apps', 'infrastructure', 'templates', 'platform.yaml', 'versions.json', 'package.json'];

/**
 * Makes a platform repository (no git) with many environments that differ a little, from the files of this one.
 *
 * @param from The root of this repository.
 * @param to   An empty folder.
 */
export async function manyEnvironments(from: string, to: string, count: number): Promise<void> {
  for (const path of copied) {
    await cp(join(from, path), join(to, path), {
      recursive: true,
      filter: (source) => !/^\/(apps|infrastructure\/[^/]+)\/[^/]+\/overlays/.test(source.slice(from.length)), // rendered, of other environments
    });
  }
  for (let index = 1; index <= count; index += 1) {
    const folder = join(to, 'clusters', `e${String(index).padStart(3, '0')}`);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'values.yaml'), valuesOf(index));
  }
}

function valuesOf(index: number): string {
  return `sizing: ${index % 2 === 0 ? 'small' : 'production'}
apps:
  trades:
    replicas: ${String(1 + (index % 3))}
    productIds: [BTC/USD, ETH/USD]
  backfill:
    enabled: true
  prediction-api:
    replicas: ${String(1 + (index % 4))}
`;
}
