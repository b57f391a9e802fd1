import { type App, loadApps, loadAppSchema, loadValuesSchema } from '../values/apps.ts';
import { type Component, loadComponents, loadComponentSchema } from '../values/components.ts';
import { memoize, once } from '../values/memoize.ts';
import type { JsonSchema } from '../values/schema.ts';
import { componentContext, fluxContext, overlayContext } from './contexts.ts';
import {
  type Template,
  findComponentTemplates,
  findConfigTemplates,
  findFluxItselfTemplates,
  findFluxTemplates,
  findImageTemplates,
  findOverlayTemplates,
} from './find-templates.ts';
import { fluxItselfSchema } from './flux-itself.ts';
import { imageUpdatesSchema } from './image-updates.ts';
import { type HashStage, readStageBase, stageHasher, type StageInputs } from './job-hash.ts';
import { rendererOf, type Renderer } from './render-template.ts';

/** A template, and the function that it is compiled to. */
export interface ReadyTemplate extends Template {
  readonly render: Renderer;
}

/** A template whose name holds this is rendered once per stage of its app. */
export const perStage = '[stage]';
/** A template whose name holds this is rendered once per Flux Kustomization. */
export const perKustomization = '[kustomization]';

/** What rendering needs beside values: the same for every environment, and each part read when one of them needs it. */
export interface RenderSources {
  readonly apps: () => Promise<App[]>;
  readonly overlay: (app: App) => Promise<ReadyTemplate[]>;
  readonly components: () => Promise<Component[]>;
  /** Of a component itself, and of the objects that are applied after it. */
  readonly component: (component: Component) => Promise<ReadyTemplate[]>;
  readonly configs: (component: Component) => Promise<ReadyTemplate[]>;
  readonly flux: () => Promise<ReadyTemplate[]>;
  /** Of Flux itself, on an existing cluster. */
  readonly fluxItself: () => Promise<ReadyTemplate[]>;
  /** Of the images that Flux updates. */
  readonly images: () => Promise<ReadyTemplate[]>;
  readonly stageBase: (app: App, stage: string) => Promise<StageInputs['base']>;
  readonly hashStage: HashStage;
}

/** Reads nothing yet. Make one for all environments of a command, and none for longer: it does not see later edits. */
export function renderSources(root: string): RenderSources {
  const ready = (template: Template, schema: JsonSchema): ReadyTemplate => ({
    ...template,
    render: rendererOf(template, schema),
  });
  const ofComponent = async (
    { name, pins }: Component,
    find: (root: string, name: string) => Promise<Template[]>,
  ): Promise<ReadyTemplate[]> => {
    const [templates, schema] = await Promise.all([find(root, name), loadComponentSchema(root, name)]);
    const context = componentContext(schema, Object.keys(pins));
    return templates.map((template) => ready(template, context));
  };
  const base = memoize(async (key: string) => {
    const [app = '', stage = ''] = key.split('/');
    return readStageBase(root, app, stage);
  });
  return {
    apps: once(async () => loadApps(root)),
    overlay: memoize(async (app: App) => {
      const [templates, schema] = await Promise.all([
        findOverlayTemplates(root, app),
        loadAppSchema(root, app.name),
      ]);
      const context = overlayContext(schema, app.kind === 'job');
      return templates.map((template) => ready(template, context));
    }),
    components: once(async () => loadComponents(root)),
    component: memoize(async (component: Component) => ofComponent(component, findComponentTemplates)),
    configs: memoize(async (component: Component) => ofComponent(component, findConfigTemplates)),
    flux: once(async () => {
      const [templates, schema] = await Promise.all([findFluxTemplates(root), loadValuesSchema(root)]);
      return templates.map((template) =>
        ready(template, fluxContext(schema, template.target.includes(perKustomization))),
      );
    }),
    fluxItself: once(async () => {
      const [templates, schema] = await Promise.all([findFluxItselfTemplates(root), loadValuesSchema(root)]);
      const context = fluxContext(schema, false);
      const properties = { ...context.properties, self: fluxItselfSchema };
      return templates.map((template) => ready(template, { ...context, properties }));
    }),
    images: once(async () => {
      const [templates, schema] = await Promise.all([findImageTemplates(root), loadValuesSchema(root)]);
      const context = fluxContext(schema, false);
      const properties = { ...context.properties, updates: imageUpdatesSchema };
      return templates.map((template) => ready(template, { ...context, properties }));
    }),
    stageBase: async (app, stage) => base(`${app.name}/${stage}`),
    hashStage: stageHasher(),
  };
}
