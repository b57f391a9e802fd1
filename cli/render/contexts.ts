import type { JsonSchema } from '../values/schema.ts';

const label: JsonSchema = { type: 'string', format: 'dns-label' };
const text: JsonSchema = { type: 'string' };

const common: Readonly<Record<string, JsonSchema>> = {
  /** The environment's name: `dev`. */
  environment: label,
  client: label,
  registry: text,
};

const stage: JsonSchema = {
  type: 'object',
  properties: {
    name: label,
    /** The Job's name, with the hash of all that makes it run again. */
    job: label,
    /** The Job's name in apps/<app>/base, without the hash. */
    base: label,
    first: { type: 'boolean' },
  },
};

/** What the templates of an app's overlays may mention. */
export function overlayContext(appSchema: JsonSchema, hasStages: boolean): JsonSchema {
  const properties = { ...common, name: label, app: appSchema, ...(hasStages ? { stage } : {}) };
  return { type: 'object', properties };
}

/** What the templates of a component and of its configs may mention. */
export function componentContext(schema: JsonSchema, pins: readonly string[]): JsonSchema {
  const pin: JsonSchema = {
    type: 'object',
    // Digits and dots: as safe inside of a longer word as a label is.
    properties: Object.fromEntries(pins.map((word) => [word, label])),
  };
  return { type: 'object', properties: { ...common, name: label, component: schema, pin } };
}

/** What the templates of clusters/<environment>/flux may mention. */
export function fluxContext(valuesSchema: JsonSchema, hasKustomization: boolean): JsonSchema {
  const kustomization: JsonSchema = {
    type: 'object',
    properties: {
      name: label,
      path: text,
      dependsOn: { type: 'array', items: label },
      wait: { type: 'boolean' },
      timeout: text,
      sops: { type: 'boolean' },
      scaled: { type: 'array', items: label },
    },
  };
  const flux = valuesSchema.properties?.['flux'] ?? {};
  return { type: 'object', properties: { ...common, flux, ...(hasKustomization ? { kustomization } : {}) } };
}
