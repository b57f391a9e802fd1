import { join } from 'node:path';
import { listNames } from '../ports/files.ts';

/** The folders that have, or may have, an overlay of each environment: apps, and both rooms of components. */
export async function overlayRooms(root: string): Promise<string[]> {
  const parents = ['apps', 'infrastructure/controllers', 'infrastructure/configs'];
  const names = await Promise.all(parents.map(async (parent) => listNames(join(root, parent), 'directory')));
  return parents.flatMap((parent, index) => (names[index] ?? []).map((name) => `${parent}/${name}`));
}

/** The folders that rendering writes for one environment; each may be missing. Relative to the root. */
export function renderedFolders(rooms: readonly string[], environment: string): string[] {
  return [
    ...rooms.map((room) => `${room}/overlays/${environment}`),
    `clusters/${environment}/flux`,
    `clusters/${environment}/images`,
  ];
}
