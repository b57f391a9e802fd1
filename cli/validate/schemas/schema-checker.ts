import { Ajv, type ValidateFunction } from 'ajv';
import type { FormatsPlugin } from 'ajv-formats';
import ajvFormats from 'ajv-formats';
import { closest } from '../../errors/did-you-mean.ts';
import type { KubeObject } from '../../ports/kube.ts';
import { explainErrors, type SchemaFault } from './explain-errors.ts';
import type { ApiSchemas, SchemaSource } from './schema-source.ts';
import { componentId, strictSchema } from './strict-schema.ts';

/** Checks objects against the schemas of their kinds. */
export interface SchemaChecker {
  readonly source: SchemaSource;
  /** Empty when the object is as its schema wants it. */
  readonly check: (object: KubeObject) => Promise<SchemaFault[]>;
}

/**
 * Makes a checker that loads and compiles what it needs when it needs it: compiling a pod's schema takes about 0.2 s, a whole
 * API group many times that. Components with the same name are the same in every document, so a pod's schema is compiled
 * once for all kinds of workload. Keep one checker for all environments.
 */
export function createSchemaChecker(source: SchemaSource): SchemaChecker {
  const ajv = new Ajv({
    strict: false,
    allErrors: true,
    verbose: true,
    logger: false,
    unicodeRegExp: false,
    code: { optimize: false }, // optimising what it compiles to takes longer than it saves
  });
  (ajvFormats as unknown as FormatsPlugin)(ajv);
  const documents = new Map<string, Promise<ApiSchemas | undefined>>();
  const components: Record<string, ApiSchemas['components'][string]> = {};

  const load = async (apiVersion: string): Promise<ApiSchemas | undefined> => {
    const known = documents.get(apiVersion) ?? source(apiVersion);
    documents.set(apiVersion, known);
    const schemas = await known;
    Object.assign(components, schemas?.components);
    return schemas;
  };
  const add = (key: string, custom: boolean): void => {
    if (ajv.schemas[componentId(key)] !== undefined) return;
    const { schema, needs } = strictSchema(key, components[key] ?? {}, custom);
    ajv.addSchema(schema, componentId(key));
    for (const needed of needs) add(needed, false);
  };
  const validatorFor = (key: string, custom: boolean): ValidateFunction => {
    add(key, custom);
    const validate = ajv.getSchema(componentId(key));
    if (validate === undefined) throw new Error(`no schema ${key}`);
    return validate;
  };

  const check = async (object: KubeObject): Promise<SchemaFault[]> => {
    const schemas = await load(object.apiVersion);
    const key = schemas?.kinds.get(object.kind);
    if (schemas === undefined || key === undefined) return [unknownKind(object, schemas)];
    const custom = schemas.custom && key.startsWith(object.apiVersion);
    if (custom) await load('v1'); // for the metadata that every object has
    const validate = validatorFor(key, custom);
    const plain = withoutNulls(withoutSops(object)) as object;
    return validate(plain) ? [] : explainErrors(plain, validate.errors ?? []);
  };
  return { source, check };
}

function unknownKind({ apiVersion, kind }: KubeObject, schemas: ApiSchemas | undefined): SchemaFault {
  const guess = closest(kind, schemas?.kinds.keys() ?? []);
  return {
    code: 'SCHEMA_UNKNOWN_KIND',
    message: `there is no kind ${kind} in ${apiVersion}`,
    hint:
      guess === undefined
        ? 'correct apiVersion and kind, or add the component whose CRD defines it'
        : `did you mean ${guess}?`,
    path: ['kind'],
  };
}

/** What SOPS adds to a file is taken away again when it is decrypted in the cluster. */
function withoutSops(object: KubeObject): object {
  return Object.fromEntries(Object.entries(object).filter(([key]) => key !== 'sops'));
}

/** The API server treats a field that is null as one that is not there. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutNulls(inner)]));
}
