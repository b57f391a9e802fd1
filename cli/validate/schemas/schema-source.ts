import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { listNames, readText, readTextIfThere } from '../../ports/files.ts';

/** A JSON Schema as OpenAPI 3.0 writes it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** The schemas of one API version. */
export interface ApiSchemas {
  /** Kind → key in `components`. */
  readonly kinds: ReadonlyMap<string, string>;
  readonly components: Readonly<Record<string, JsonSchema>>;
  /** True where they come from a CRD: the API server fills its defaults in before it checks what is required. */
  readonly custom: boolean;
}

/** Where schemas come from; undefined for an API version that it knows nothing about. */
export type SchemaSource = (apiVersion: string) => Promise<ApiSchemas | undefined>;

/** Asks one source after the other; the first that knows the kind's API version answers, kinds of later ones are added. */
export function firstOf(sources: readonly SchemaSource[]): SchemaSource {
  return async (apiVersion) => {
    const found = (await Promise.all(sources.map(async (source) => source(apiVersion)))).filter(
      (one) => one !== undefined,
    );
    const [first] = found;
    if (first === undefined) return undefined;
    return {
      kinds: new Map(found.toReversed().flatMap(({ kinds }) => [...kinds])),
      components: Object.assign(
        {},
        ...found.toReversed().map(({ components }) => components),
      ) as ApiSchemas['components'],
      custom: first.custom,
    };
  };
}

/**
 * Reads the OpenAPI v3 documents of Kubernetes, one file per API version, each when it is first asked for.
 *
 * @param directory With the file names of `api/openapi-spec/v3` in k8s.io/kubernetes: `apis__apps__v1_openapi.json`.
 */
export function openApiSchemas(directory: string): SchemaSource {
  return async (apiVersion) => {
    const file = apiVersion.includes('/') ? `apis__${apiVersion.replace('/', '__')}` : `api__${apiVersion}`;
    const text = await readTextIfThere(join(directory, `${file}_openapi.json`));
    if (text === undefined) return undefined;
    const document = JSON.parse(text) as { components?: { schemas?: Record<string, JsonSchema> } };
    const components = document.components?.schemas ?? {};
    const kinds = new Map<string, string>();
    for (const [key, schema] of Object.entries(components)) {
      const named = (schema['x-kubernetes-group-version-kind'] ?? []) as {
        group: string;
        version: string;
        kind: string;
      }[];
      for (const { group, version, kind } of named) {
        if ((group === '' ? version : `${group}/${version}`) === apiVersion) kinds.set(kind, key);
      }
    }
    return { kinds, components, custom: false };
  };
}

/** What a CustomResourceDefinition says that matters here. */
interface CustomResourceDefinition {
  readonly kind?: string;
  readonly spec?: {
    readonly group?: string;
    readonly names?: { readonly kind?: string };
    readonly versions?: readonly {
      readonly name: string;
      readonly schema?: { readonly openAPIV3Schema?: JsonSchema };
    }[];
  };
}

/** The schemas that CustomResourceDefinitions define; other objects are ignored. */
export function customSchemas(objects: readonly object[]): SchemaSource {
  return async (apiVersion) => {
    const kinds = new Map<string, string>();
    const components: Record<string, JsonSchema> = {};
    for (const { kind, spec } of objects as readonly CustomResourceDefinition[]) {
      if (kind !== 'CustomResourceDefinition') continue;
      for (const { name, schema } of spec?.versions ?? []) {
        const own = spec?.names?.kind;
        if (own === undefined || `${spec?.group ?? ''}/${name}` !== apiVersion) continue;
        const key = `${apiVersion}.${own}`;
        kinds.set(own, key);
        components[key] = schema?.openAPIV3Schema ?? { 'x-kubernetes-preserve-unknown-fields': true };
      }
    }
    return Promise.resolve(kinds.size === 0 ? undefined : { kinds, components, custom: true });
  };
}

/**
 * Reads the YAML files of CRDs in a folder. Files are named `<group>_<plural>.yaml` by controller-gen, so only those of the
 * group that is asked for are parsed.
 */
export function customSchemaFiles(directory: string): SchemaSource {
  return async (apiVersion) => {
    const group = apiVersion.split('/')[0] ?? '';
    const files = (await listNames(directory, 'file')).filter((name) => name.startsWith(`${group}_`));
    const texts = await Promise.all(files.map(async (name) => readText(join(directory, name))));
    const objects = texts.flatMap((text) =>
      parseAllDocuments(text).map((document) => document.toJS() as object | null),
    );
    return customSchemas(objects.filter((object) => object !== null))(apiVersion);
  };
}
