import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const file = join(import.meta.dirname, 'require-node.cjs');

it('lets the Node of this process pass', () => {
  expect(execFileSync(process.execPath, ['-r', file, '-e', 'console.log("ran")'], { encoding: 'utf8' })).toBe(
    'ran\n',
  );
});

it('uses no syntax that an old Node would stumble over before it can say that it is old', () => {
  expect(readFileSync(file, 'utf8')).not.toMatch(/=>|\b(const|let|class|import|async)\b|`|\?\.|\?\?/);
});
