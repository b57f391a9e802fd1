import { join } from 'node:path';
import { parse } from 'yaml';
import pinned from '../../versions.json' with { type: 'json' };
import { readText } from '../ports/files.ts';
import type { Environment } from '../values/environment.ts';
import { isAutomated } from '../values/image-automation.ts';
import type { JsonSchema } from '../values/schema.ts';
import type { Plain } from '../values/tree.ts';

/** What this repository changes in the manifests of Flux's distribution. */
export const fluxPatchesFile = 'flux-system/patches.yaml';

/** Where the artifact's images come from; another registry in values replaces it. */
const officialRegistry = 'ghcr.io/fluxcd';

const text: JsonSchema = { type: 'string' };

/** What the templates of templates/clusters/flux-existing may mention beside the others, as `self`. */
export const fluxItselfSchema: JsonSchema = {
  type: 'object',
  properties: {
    url: text,
    insecure: { type: 'boolean' },
    /** Whether the controllers that update images are needed. */
    updatesImages: { type: 'boolean' },
    tag: text,
    images: { type: 'array', items: { type: 'object', properties: {} } },
    patches: {
      type: 'array',
      items: { type: 'object', properties: { target: { type: 'object', properties: {} }, patch: text } },
    },
  },
};

/** How Flux manages itself on an existing cluster: the artifact at the pin, the images of values, the patches of this repository. */
export async function fluxItself(root: string, { values: { flux, apps } }: Environment): Promise<Plain> {
  const patches = ((parse(await readText(join(root, fluxPatchesFile))) as unknown) ?? []) as Plain;
  const updatesImages = Object.values(apps).some(isAutomated);
  const controllers = [
    'source-controller',
    'kustomize-controller',
    'helm-controller',
    ...(updatesImages ? ['image-reflector-controller', 'image-automation-controller'] : []),
  ];
  const images = controllers
    .filter((name) => flux.registry !== officialRegistry || flux.tags[name] !== undefined)
    .map((name) => {
      const newTag = flux.tags[name];
      return {
        name: `${officialRegistry}/${name}`,
        newName: `${flux.registry}/${name}`,
        ...(newTag === undefined ? {} : { newTag }),
      };
    });
  return { ...flux.manifests, tag: `v${pinned.flux}`, updatesImages, images, patches };
}
