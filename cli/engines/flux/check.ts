import { isDeepStrictEqual } from 'node:util';
import { join } from 'node:path';
import { parse } from 'yaml';
import { listFiles, readText } from '../../ports/files.ts';
import type { Kube, KubeObject } from '../../ports/kube.ts';
import { fluxNamespace } from '../../reconcile/root-objects.ts';
import { fluxControllers } from '../../toolchain/flux-controllers.ts';
import { fluxImages, type FluxValues } from './compose.ts';
import { controllerStates } from './install.ts';

/** One part of Flux: what this repository pins, against what is in the cluster. */
export interface FluxPart {
  readonly name: string;
  readonly kind: 'controller' | 'definition';
  /** Of a controller its image or its version, of a definition the versions of its API. */
  readonly pinned: string;
  /** As `pinned`; undefined where it is missing. */
  readonly running?: string | undefined;
  /** `changed`: of the pinned version by its name, and other than that. */
  readonly verdict: 'same' | 'other' | 'changed' | 'missing';
}

/** The controllers that run as pods, by their images. */
export async function checkControllers(kube: Kube, flux: FluxValues): Promise<FluxPart[]> {
  const states = await controllerStates(kube);
  return fluxImages(flux).map((pinned) => {
    const name = /([^/:]+)(:[^/]*)?$/.exec(pinned)?.[1] ?? pinned;
    return part(name, 'controller', pinned, states.find((state) => state.name === name)?.image);
  });
}

/**
 * The versions of Flux's distribution that the controllers in a cluster are labelled with, without a `v`: several where an
 * upgrade was stopped half-way, none where nothing tells.
 */
export async function runningDistributions(kube: Kube): Promise<string[]> {
  const deployments = await kube.list(
    { apiVersion: 'apps/v1', kind: 'Deployment' },
    { namespace: fluxNamespace },
  );
  const labels = deployments
    .filter(({ metadata }) => (fluxControllers as readonly string[]).includes(metadata.name))
    .flatMap(({ metadata }) => metadata.labels?.['app.kubernetes.io/version'] ?? []);
  return [...new Set(labels.map((label) => label.replace(/^v/, '')))];
}

export function part(
  name: string,
  kind: FluxPart['kind'],
  pinned: string,
  running: string | undefined,
  equal = pinned === running,
): FluxPart {
  const verdict =
    running === undefined ? 'missing' : equal ? 'same' : pinned === running ? 'changed' : 'other';
  return { name, kind, pinned, running, verdict };
}

interface Definition extends KubeObject {
  readonly spec: { readonly versions: readonly { readonly name: string; readonly schema?: unknown }[] };
}

/**
 * Flux's CustomResourceDefinitions: the versions of their APIs, and whether the schemas are those that are pinned.
 *
 * @param folder Of the asset `flux-crds`: absolute.
 */
export async function checkDefinitions(kube: Kube, folder: string): Promise<FluxPart[]> {
  const files = (await listFiles(folder)).filter((file) => file.endsWith('.yaml'));
  const parts: FluxPart[] = [];
  for (const file of files.sort()) {
    const wanted = parse(await readText(join(folder, file))) as Definition;
    const { apiVersion, kind, metadata } = wanted;
    const found = (await kube.get({ apiVersion, kind, name: metadata.name })) as Definition | undefined;
    parts.push(
      part(
        metadata.name,
        'definition',
        versionsOf(wanted),
        found && versionsOf(found),
        found !== undefined && isDeepStrictEqual(schemasOf(found), schemasOf(wanted)),
      ),
    );
  }
  return parts;
}

function versionsOf({ spec }: Definition): string {
  return spec.versions.map(({ name }) => name).join(', ');
}

function schemasOf({ spec }: Definition): unknown {
  return spec.versions.map(({ name, schema }) => ({ name, schema }));
}
