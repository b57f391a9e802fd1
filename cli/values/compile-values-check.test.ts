import { describe, expect, it } from 'vitest';
import { compileValuesCheck } from './compile-values-check.ts';
import { fillDefaults } from './fill-defaults.ts';
import type { JsonSchema } from './schema.ts';
import { fromPlain, type Plain } from './tree.ts';

const withDefault: JsonSchema = {
  type: 'object',
  required: ['enabled'],
  properties: { enabled: { type: 'boolean', default: true } },
};
const withoutDefault: JsonSchema = {
  type: 'object',
  required: ['enabled', 'address'],
  properties: { ...withDefault.properties, address: { type: 'string' } },
};

async function problems(component: JsonSchema, values: Plain): Promise<string[]> {
  const schema: JsonSchema = {
    type: 'object',
    properties: { components: { type: 'object', properties: { gateway: component } } },
  };
  const check = await compileValuesCheck(schema, 'values.schema.json');
  const tree = fillDefaults(fromPlain(values), schema) ?? fromPlain({});
  return (await check(tree, 'clusters/dev/values.yaml')).map(({ message }) => message);
}

describe('compileValuesCheck', () => {
  it('takes what a component gives by itself, where nobody wrote about it', async () => {
    expect(await problems(withDefault, {})).toEqual([]);
  });

  it('names what a component wants from somebody, also where nobody wrote about it', async () => {
    expect(await problems(withoutDefault, {})).toEqual([
      'components.gateway.address is missing; it must be a string',
    ]);
  });
});
