import { listFiles } from '../../ports/files.ts';
import type { Kubectl } from '../kubectl.ts';
import { fluxNamespaceObject } from './ownership.ts';

/**
 * Names of the CustomResourceDefinitions in a folder, from the names of the files as controller-gen writes them:
 * `<group>_<plural>.yaml` holds `<plural>.<group>`.
 */
export async function crdNames(directory: string): Promise<string[]> {
  const files = await listFiles(directory);
  return files.flatMap((file) => {
    const [, group, plural] = /(?:^|\/)([a-z0-9.-]+)_([a-z]+)\.ya?ml$/.exec(file) ?? [];
    return group !== undefined && plural !== undefined ? [`${plural}.${group}`] : [];
  });
}

/**
 * Applies Flux's CRDs and waits until each is served; the supervisor starts the controllers when they are. The namespace is
 * made where it is missing: one that is there may be somebody else's.
 */
export async function applyFluxCrds(kubectl: Kubectl, crdDirectory: string): Promise<void> {
  const { name } = fluxNamespaceObject.metadata;
  const found = await kubectl(['get', 'namespace', name, '--ignore-not-found', '--output=name']);
  if (found === '') await kubectl([...apply, '--filename=-'], fluxNamespaceObject);
  await applyCrds(kubectl, crdDirectory);
}

const apply = ['apply', '--server-side', '--force-conflicts', '--field-manager=platform'];

/** Applies the CRDs in a folder and waits until each is served. */
export async function applyCrds(kubectl: Kubectl, crdDirectory: string): Promise<void> {
  await kubectl([...apply, '--recursive', `--filename=${crdDirectory}`]);
  const crds = (await crdNames(crdDirectory)).map((name) => `customresourcedefinition/${name}`);
  await kubectl(['wait', '--for=condition=Established', '--timeout=60s', ...crds]);
}
