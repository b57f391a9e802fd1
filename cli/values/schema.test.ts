import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { listFiles } from '../ports/files.ts';
import { repositoryRoot } from '../testing/repository-root.ts';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { join } from 'node:path';
import { loadSchema } from './schema.ts';

describe('loadSchema', () => {
  it('puts the target of a reference in its place, and lets keywords beside it win', async () => {
    const root = await temporaryTree({
      'templates/shared.json':
        '{"$defs": {"size": {"$ref": "#/$defs/count", "title": "a size"}, "count": {"type": "integer", "default": 1}}}',
      'templates/apps/a/values.json':
        '{"properties": {"size": {"$ref": "../../shared.json#/$defs/size", "default": 2}}}',
    });

    expect(await loadSchema(root, 'templates/apps/a/values.json')).toEqual({
      properties: { size: { type: 'integer', title: 'a size', default: 2 } },
    });
  });

  it.each([
    ['to a file that is not there', '{"$ref": "b.json#/x"}', 'b.json is not there'],
    ['to nothing in a file', '{"$ref": "#/$defs/x"}', 'has nothing at /$defs/x'],
    ['to itself', '{"$defs": {"x": {"$ref": "#/$defs/x"}}, "$ref": "#/$defs/x"}', 'refers to itself'],
  ])('refuses a reference %s', async (_, text, message) => {
    const root = await temporaryTree({ 'a.json': text });

    await expect(loadSchema(root, 'a.json')).rejects.toMatchObject({
      code: 'TEMPLATE_FAILED',
      message: expect.stringContaining(message) as unknown,
      hint: 'Edit a.json',
    });
  });

  it('names the line where a schema is no JSON', async () => {
    const root = await temporaryTree({ 'a.json': '{\n  "type": "object"\n  "properties": {}\n}\n' });

    await expect(loadSchema(root, 'a.json')).rejects.toMatchObject({
      code: 'TEMPLATE_FAILED',
      details: expect.arrayContaining([
        expect.objectContaining({ place: expect.objectContaining({ file: 'a.json', line: 3 }) as unknown }),
      ]) as unknown,
    });
  });
});

describe('the schemas of this repository', async () => {
  const templates = join(repositoryRoot, 'templates');
  const files = (await listFiles(templates)).filter(
    (file) => file.endsWith('.schema.json') && !file.startsWith('scaffold/'), // those refer to where they will lie
  );

  it.each(files)('%s is a JSON Schema 2020-12', async (file) => {
    const ajv = new Ajv2020({
      strict: true,
      strictTypes: false,
      strictRequired: false,
      formats: { 'dns-label': true },
    });
    const schema = await loadSchema(templates, file);

    expect(ajv.validateSchema(schema)).toBe(true);
    expect(() => ajv.compile(schema)).not.toThrow();
  });
});
