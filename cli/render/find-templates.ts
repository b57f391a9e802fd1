import { join } from 'node:path';
import { PlatformError } from '../errors/platform-error.ts';
import { listFiles, readText } from '../ports/files.ts';
import type { App } from '../values/apps.ts';
import { configsFolder, controllersFolder } from '../values/components.ts';
import { plainText } from '../values/text.ts';

/** One template, and where its results go: the tree below templates/ mirrors the tree it produces. */
export interface Template {
  /** Relative to the root: `templates/apps/trades/overlays/config.yaml.njk`. */
  readonly file: string;
  readonly text: string;
  /** The path below the overlay or the flux folder, without `.njk`; may hold `[stage]` or `[kustomization]`. */
  readonly target: string;
}

const ending = '.njk';

/** @throws {PlatformError} TEMPLATE_FAILED for a YAML file among them that is no template. */
async function findTemplates(root: string, folder: string): Promise<Template[]> {
  const all = await listFiles(join(root, folder));
  const ignored = all.find((file) => /\.ya?ml$/.test(file));
  if (ignored !== undefined) {
    const file = `${folder}/${ignored}`;
    throw new PlatformError(
      'TEMPLATE_FAILED',
      `${file} is no template, so it would appear in no overlay: its name does not end in ${ending}`,
      `git mv ${file} ${file}${ending}`,
      { details: [{ place: { file }, message: `does not end in ${ending}` }] },
    );
  }
  const files = all.filter((file) => file.endsWith(ending));
  return Promise.all(
    files.map(async (file) => ({
      file: `${folder}/${file}`,
      text: plainText(await readText(join(root, folder, file))),
      target: file.slice(0, -ending.length),
    })),
  );
}

/** templates/apps/<app>/overlays/** → apps/<app>/overlays/<environment>/** */
export async function findOverlayTemplates(root: string, app: App): Promise<Template[]> {
  return findTemplates(root, `templates/apps/${app.name}/overlays`);
}

/** templates/infrastructure/controllers/<component>/overlays/** → infrastructure/controllers/<component>/overlays/<environment>/** */
export async function findComponentTemplates(root: string, component: string): Promise<Template[]> {
  return findTemplates(root, `${controllersFolder}/${component}/overlays`);
}

/** templates/infrastructure/configs/<component>/overlays/** → infrastructure/configs/<component>/overlays/<environment>/** */
export async function findConfigTemplates(root: string, component: string): Promise<Template[]> {
  return findTemplates(root, `${configsFolder}/${component}/overlays`);
}

/** templates/clusters/flux/** → clusters/<environment>/flux/** */
export async function findFluxTemplates(root: string): Promise<Template[]> {
  return findTemplates(root, 'templates/clusters/flux');
}

/** templates/clusters/images/** → clusters/<environment>/images/**, where Flux updates images */
export async function findImageTemplates(root: string): Promise<Template[]> {
  return findTemplates(root, 'templates/clusters/images');
}

/** templates/clusters/flux-existing/** → clusters/<environment>/flux/**, for the engine `existing` alone */
export async function findFluxItselfTemplates(root: string): Promise<Template[]> {
  return findTemplates(root, 'templates/clusters/flux-existing');
}
