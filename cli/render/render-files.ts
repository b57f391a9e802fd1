import { PlatformError } from '../errors/platform-error.ts';
import type { App } from '../values/apps.ts';
import { type Component, isEnabled, isPresent } from '../values/components.ts';
import type { Environment } from '../values/environment.ts';
import { isAutomated, policyOf } from '../values/image-automation.ts';
import { valuesFile } from '../values/load-environment.ts';
import type { Plain } from '../values/tree.ts';
import type { Template } from './find-templates.ts';
import { fluxItself } from './flux-itself.ts';
import { readHeader } from './header.ts';
import { imageUpdates } from './image-updates.ts';
import { type Kustomization, planKustomizations, unitName } from './kustomizations.ts';
import { placeholderTag } from './mark-tags.ts';
import {
  perKustomization,
  perStage,
  renderSources,
  type ReadyTemplate,
  type RenderSources,
} from './render-sources.ts';
import type { Context, Marks } from './render-template.ts';

export interface RenderedFile {
  /** Relative to the root, with forward slashes. */
  readonly path: string;
  /** Header and body. */
  readonly content: string;
  /** What a person edits to change it: the values file and the template. */
  readonly sources: readonly string[];
}

/**
 * Everything that one environment's values and the templates give. The same input gives the same bytes, in the order of paths.
 *
 * @param sources Those of all environments that are rendered together.
 * @throws {PlatformError} TEMPLATE_FAILED, with the template's file and line; what `loadApps` throws.
 */
export async function renderFiles(
  { root }: { readonly root: string },
  environment: Environment,
  sources: RenderSources = renderSources(root),
): Promise<RenderedFile[]> {
  const [apps, components] = [await sources.apps(), await sources.components()];
  const enabled = apps.filter(({ name }) => environment.values.apps[name]?.enabled);
  const overlays = await Promise.all(enabled.map(async (app) => renderOverlay(sources, environment, app)));
  const rooms = await Promise.all(
    components.map(async (component) => renderComponent(sources, environment, component)),
  );
  const units = planKustomizations(environment, apps, components);
  const files = [
    ...overlays.flat(),
    ...rooms.flat(),
    ...(await renderFlux(root, sources, environment, units)),
  ];
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  for (const [index, file] of files.entries()) {
    const next = files[index + 1];
    if (next?.path === file.path) throw twice(file, next);
  }
  const paths = new Set(files.map(({ path }) => path));
  for (const { path } of units) {
    if (/^\.\/.+\/overlays\//.test(path) && !paths.has(`${path.slice(2)}/kustomization.yaml`))
      throw noOverlay(path.slice(2));
  }
  return files;
}

function commonContext({ name, client, registry }: Environment): Context {
  return { environment: name, client, registry };
}

async function renderOverlay(
  sources: RenderSources,
  environment: Environment,
  app: App,
): Promise<RenderedFile[]> {
  const templates = await sources.overlay(app);
  const folder = `apps/${app.name}/overlays/${environment.name}`;
  const values = environment.values.apps[app.name] as unknown as Plain;
  const context = { ...commonContext(environment), name: app.name, app: values };
  const render = (template: ReadyTemplate, target: string, stage?: Plain): RenderedFile =>
    renderOne(
      template,
      `${folder}/${target}`,
      stage === undefined ? context : { ...context, stage },
      environment,
    );
  if (app.kind !== 'job') {
    const marks = marksOf(environment, app.name, context);
    return templates.map((template) =>
      renderOne(template, `${folder}/${template.target}`, context, environment, marks),
    );
  }

  const files: RenderedFile[] = [];
  let before: string | undefined;
  for (const [index, stage] of app.stages.entries()) {
    const ofStage = templates
      .map((template) => ({ template, target: template.target.replace(perStage, stage) }))
      .filter(({ target }) => target.startsWith(`${stage}/`));
    const base = unitName(app.name, stage);
    const renderAll = (job: string): RenderedFile[] =>
      ofStage.map(({ template, target }) =>
        render(template, target, { name: stage, base, job, first: index === 0 }),
      );
    before = sources.hashStage({
      base: await sources.stageBase(app, stage),
      overlay: renderAll(base).map(({ path, content }) => ({
        path: path.slice(folder.length),
        content: readHeader(content)?.body ?? content,
      })),
      run: runOf(environment, app.name, stage),
      before,
    });
    files.push(...renderAll(`${base}-${before}`));
  }
  const lost = templates.find(
    ({ target }) => !target.startsWith(perStage) && !app.stages.includes(target.split('/')[0] ?? ''),
  );
  if (lost) throw outsideStages(lost, app);
  return files;
}

/** A component's own room where this repository brings it, and its configs wherever the cluster has it. */
async function renderComponent(
  sources: RenderSources,
  environment: Environment,
  component: Component,
): Promise<RenderedFile[]> {
  const { name, pins, hasConfigs } = component;
  const { values } = environment;
  const context = {
    ...commonContext(environment),
    name,
    pin: { ...pins },
    component: (values.components[name] ?? {}) as unknown as Plain,
  };
  const into = (folder: string, templates: readonly ReadyTemplate[]): RenderedFile[] =>
    templates.map((template) =>
      renderOne(template, `${folder}/overlays/${environment.name}/${template.target}`, context, environment),
    );
  return [
    ...(isEnabled(values, name)
      ? into(`infrastructure/controllers/${name}`, await sources.component(component))
      : []),
    ...(hasConfigs && isPresent(values, name)
      ? into(`infrastructure/configs/${name}`, await sources.configs(component))
      : []),
  ];
}

async function renderFlux(
  root: string,
  sources: RenderSources,
  environment: Environment,
  units: readonly Kustomization[],
): Promise<RenderedFile[]> {
  const context = { ...commonContext(environment), flux: { ...environment.values.flux } };
  const itself: RenderedFile[] = [];
  if (environment.values.engine === 'existing') {
    const full = { ...context, self: await fluxItself(root, environment) };
    for (const template of await sources.fluxItself()) {
      const path = `clusters/${environment.name}/flux/${template.target}`;
      itself.push(renderOne(template, path, full, environment));
    }
  }
  const rendered = (await sources.flux()).flatMap((template) => {
    const path = `clusters/${environment.name}/flux/${template.target}`;
    if (!template.target.includes(perKustomization)) return [renderOne(template, path, context, environment)];
    return units.map((unit) => {
      const full = { ...context, kustomization: { ...unit } };
      return renderOne(template, path.replace(perKustomization, unit.name), full, environment);
    });
  });
  return [...rendered, ...itself, ...(await renderImageUpdates(sources, environment, context))];
}

/** Of the apps whose images Flux updates; no file where there are none. */
async function renderImageUpdates(
  sources: RenderSources,
  environment: Environment,
  context: Context,
): Promise<RenderedFile[]> {
  const updates = imageUpdates(environment);
  if (updates === undefined) return [];
  return (await sources.images()).map((template) => {
    const path = `clusters/${environment.name}/images/${template.target}`;
    return renderOne(template, path, { ...context, updates }, environment);
  });
}

function marksOf(environment: Environment, app: string, context: Context): Marks | undefined {
  const image = environment.values.apps[app]?.image;
  if (!image || !isAutomated(environment.values.apps[app])) return undefined;
  const values = { ...environment.values.apps[app], image: { ...image, tag: placeholderTag } } as unknown;
  return {
    tag: image.tag,
    policy: policyOf(app, environment.name),
    placeholder: { ...context, app: values as Plain },
  };
}

function renderOne(
  { file, render }: ReadyTemplate,
  path: string,
  context: Context,
  { name }: Environment,
  marks?: Marks,
): RenderedFile {
  return { path, content: render(context, valuesFile(name), marks), sources: [valuesFile(name), file] };
}

function runOf({ values }: Environment, app: string, stage: string): number {
  const run = values.apps[app]?.['run'] as Readonly<Record<string, number>> | number | undefined;
  return typeof run === 'number' ? run : (run?.[stage] ?? 1);
}

function twice({ path, sources }: RenderedFile, other: RenderedFile): PlatformError {
  const files = [...new Set([sources[1] ?? '', other.sources[1] ?? ''])];
  const message =
    files.length === 1
      ? `${files.join()} renders ${path} twice: two apps or stages share a name`
      : `${files.join(' and ')} both render ${path}`;
  return new PlatformError('TEMPLATE_FAILED', message, 'Rename one of them', {
    details: files.map((file) => ({ place: { file }, message: `renders ${path}` })),
  });
}

function noOverlay(path: string): PlatformError {
  const folder = path.slice(0, path.indexOf('/overlays/') + '/overlays'.length);
  return new PlatformError(
    'TEMPLATE_FAILED',
    `no template renders ${path}/kustomization.yaml, and Flux applies that folder`,
    `Write a kustomization.yaml.njk in templates/${folder}/`,
    {
      details: [
        { place: { file: `templates/${folder}` }, message: `does not render ${path}/kustomization.yaml` },
      ],
    },
  );
}

function outsideStages({ file }: Template, { name, stages }: App): PlatformError {
  return new PlatformError(
    'TEMPLATE_FAILED',
    `${file} belongs to no stage of ${name} (${stages.join(', ')})`,
    `Move it to templates/apps/${name}/overlays/${perStage}/, or to the folder of one stage`,
    { details: [{ place: { file }, message: 'outside of all stages' }] },
  );
}
