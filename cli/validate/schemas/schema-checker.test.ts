import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../ports/kube.ts';
import { createSchemaChecker } from './schema-checker.ts';
import { customSchemas, firstOf, type SchemaSource } from './schema-source.ts';

const widgets = {
  kind: 'CustomResourceDefinition',
  spec: {
    group: 'example.org',
    names: { kind: 'Widget' },
    versions: [
      {
        name: 'v1',
        schema: {
          openAPIV3Schema: {
            type: 'object',
            required: ['spec'],
            properties: {
              metadata: { type: 'object' },
              spec: {
                type: 'object',
                required: ['size', 'colour'],
                properties: {
                  size: { type: 'integer', nullable: true },
                  colour: {
                    type: 'string',
                    default: 'red',
                    enum: ['red', 'blue'],
                    pattern: '(?i)only Go reads this',
                  },
                  port: { 'x-kubernetes-int-or-string': true },
                  free: {
                    type: 'object',
                    'x-kubernetes-preserve-unknown-fields': true,
                    properties: { a: {} },
                  },
                },
                oneOf: [{ required: ['port'] }, { properties: { size: { minimum: 3 } } }],
              },
            },
          },
        },
      },
    ],
  },
};
const meta: SchemaSource = async (apiVersion) =>
  apiVersion === 'v1'
    ? {
        kinds: new Map(),
        custom: false,
        components: {
          'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta': {
            type: 'object',
            properties: {
              name: { type: 'string' },
              labels: { type: 'object', additionalProperties: { type: 'string' } },
            },
          },
        },
      }
    : undefined;
const { check } = createSchemaChecker(firstOf([meta, customSchemas([widgets])]));

function widget(spec: object, more: object = {}): KubeObject {
  return { apiVersion: 'example.org/v1', kind: 'Widget', metadata: { name: 'w', ...more }, spec };
}

describe('the schema check of a custom kind', () => {
  it('accepts what the API server accepts: defaults left out, nulls, ports of both kinds, free fields', async () => {
    expect(await check(widget({ size: 3, free: { a: 1, b: 2 } }))).toEqual([]);
    expect(await check(widget({ size: 1, port: 'http', free: null }))).toEqual([]);
  });

  it.each([
    [{ size: 5, sise: 5 }, 'SCHEMA_UNKNOWN_FIELD', 'spec.sise is not known', 'did you mean size?'],
    [{}, 'SCHEMA_INVALID', 'spec.size is missing', 'set spec.size'],
    [
      { size: 'big' },
      'SCHEMA_INVALID',
      'spec.size must be integer, not string',
      'write a value of type integer',
    ],
    [
      { size: 3, colour: 'green' },
      'SCHEMA_INVALID',
      'spec.colour is none of the allowed values',
      'one of: red, blue',
    ],
  ])('refuses %j', async (spec, code, message, hint) => {
    expect(await check(widget(spec))).toContainEqual(expect.objectContaining({ code, message, hint }));
  });

  it('checks the metadata that the CRD does not describe', async () => {
    expect(await check(widget({ size: 3 }, { lables: {} }))).toMatchObject([
      { code: 'SCHEMA_UNKNOWN_FIELD', message: 'metadata.lables is not known', hint: 'did you mean labels?' },
    ]);
  });

  it('guesses the kind that a mistyped one stands for', async () => {
    expect(
      await check({ apiVersion: 'example.org/v1', kind: 'Wigdet', metadata: { name: 'w' } }),
    ).toMatchObject([{ code: 'SCHEMA_UNKNOWN_KIND', path: ['kind'] }]);
    expect(
      await check({ apiVersion: 'example.org/v9', kind: 'Widget', metadata: { name: 'w' } }),
    ).toMatchObject([{ code: 'SCHEMA_UNKNOWN_KIND', message: 'there is no kind Widget in example.org/v9' }]);
  });
});
