import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { longest } from './longest-first.ts';
import { repositoryRoot } from './repository-root.ts';

it('names files that are there', () => {
  expect(longest.filter((path) => !existsSync(join(repositoryRoot, path)))).toEqual([]);
});
