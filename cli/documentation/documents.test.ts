import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createHandle } from '../commands/handle.ts';
import { documentRules } from '../validate/document-rules.ts';
import { documentValues, loadValuesSchemas } from '../values/document-values.ts';
import { createProgram } from '../program.ts';
import { commandReference } from './command-reference.ts';
import { errorReference } from './error-reference.ts';

const root = join(import.meta.dirname, '../..');
const program = createProgram(
  createHandle({ env: {}, directory: root, home: root }, () => undefined),
  '0.0.0',
);

const documents: Record<string, () => string | Promise<string>> = {
  'docs/commands.md': () => commandReference(program),
  'docs/errors.md': errorReference,
  'docs/rules.md': documentRules,
  'docs/values.md': async () => documentValues(await loadValuesSchemas(root)),
};

it.each(Object.entries(documents))(
  '%s is what the program gives (npm run update:docs writes it)',
  async (path, make) => {
    const text = await make();
    if (process.env['UPDATE_DOCS'] === '1') await writeFile(join(root, path), text);
    expect(await readFile(join(root, path), 'utf8')).toBe(text);
  },
);
