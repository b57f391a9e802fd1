import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readText } from '../ports/files.ts';
import { repositoryRoot } from '../testing/repository-root.ts';
import { documentValues, loadValuesSchemas } from './document-values.ts';

it('writes one row per key, with what is allowed and the default', () => {
  const text = documentValues({
    platform: {
      description: 'Top.',
      properties: { client: { type: 'string', title: 'a name', description: 'Who: `<a>` | <b>.' } },
      required: ['client'],
    },
    environment: {
      properties: { nodes: { type: 'integer', minimum: 1, maximum: 9, default: 2, description: 'Nodes.' } },
    },
    components: [{ name: 'keda', schema: { properties: { enabled: { type: 'boolean', default: false } } } }],
    apps: [
      {
        name: 'trades',
        schema: {
          properties: { kafka: { type: 'object', properties: { topic: { type: 'string', default: 'x' } } } },
        },
      },
    ],
  });

  expect(text).toContain('| `client` | a name |  | Who: `<a>` \\| &lt;b>. Required. |');
  expect(text).toContain('| `nodes` | 1 to 9 | `2` | Nodes. |');
  expect(text).toContain('### components.keda');
  expect(text).toContain('### apps.trades');
  expect(text).toContain('| `kafka.topic` | text | `"x"` |  |');
});

it('is what docs/values.md holds', async () => {
  const written = await readText(join(repositoryRoot, 'docs/values.md'));

  expect(documentValues(await loadValuesSchemas(repositoryRoot))).toBe(written);
});
