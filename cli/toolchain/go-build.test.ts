import { describe, expect, it } from 'vitest';
import { countProgress } from './go-build.ts';

describe('countProgress', () => {
  it('counts each package that was announced once, whatever else is printed, and ends at the number announced', () => {
    const said: string[] = [];
    const line = countProgress(new Set(['a/b', 'c/d']), (detail) => said.push(detail), 3);

    for (const printed of ['go: downloading a v1.0.0', 'a/b', 'a/b', 'cached/one', 'c/d']) line(printed);

    expect(said).toEqual(['1/2 a/b', '2/2 compiled, linking 3 programs']);
  });

  it('says that it links when everything is compiled already', () => {
    const said: string[] = [];
    countProgress(new Set(), (detail) => said.push(detail), 1);
    expect(said).toEqual(['linking 1 program']);
  });
});
