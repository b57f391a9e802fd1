import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { rules } from '../observe/why/rules.ts';

const page = join(import.meta.dirname, '../../docs/why.md');

it('docs/why.md has one line for each rule, in the order in which they are asked', async () => {
  const text = await readFile(page, 'utf8');
  const listed = [...text.matchAll(/^\| `([\w-]+)` \| [^|]+ \|$/gm)].map(([, name = '']) => name);
  const onTheWay = ['dependency-cycle', 'missing', 'suspended-ancestor']; // why/explain.ts

  expect(listed).toEqual([...rules.map(({ name }) => name), ...onTheWay]);
});
