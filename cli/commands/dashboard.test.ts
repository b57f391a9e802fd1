import { expect, it } from 'vitest';
import { announcement } from './dashboard.ts';

it('gives the address a line of its own, before the words that say how long it holds', () => {
  const url = `http://127.0.0.1:45123/#t=${'a'.repeat(43)}`;

  expect(announcement('dev', url, 'sees')).toEqual([
    'dev is at',
    url,
    'until Ctrl-C',
    'whoever has this address sees the cluster: it holds a token, new each time',
  ]);
});
