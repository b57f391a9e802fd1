import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const documents = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'];

it.each(documents)('every file that %s links to, or names in its tables, is there', (document) => {
  const text = readFileSync(join(root, document), 'utf8');
  const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, path = '']) => path);
  const named = [...text.matchAll(/`((?:cli|docs|templates|apps|clusters|infrastructure)\/[\w./-]+)`/g)]
    .map(([, path = '']) => path)
    .filter((path) => !path.includes('x.test.ts') && !path.includes('NNNN'));
  const missing = [...links, ...named].filter((path) => !existsSync(join(root, dirname(document), path)));
  expect(missing).toEqual([]);
});
