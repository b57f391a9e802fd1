import { expect, it } from 'vitest';
import { findEdit } from './hand-edits.ts';
import { firstDifference, readHeader, sha256, withHeader } from './header.ts';

const inputs = sha256('inputs');
const rendered = withHeader(['clusters/dev/values.yaml', 'templates/a.njk'], inputs, 'a: 1\nb: 2\nc: 3\n');

it('writes a header that it reads again', () => {
  expect(rendered.split('\n')[0]).toBe(
    '# Rendered by platform from clusters/dev/values.yaml, templates/a.njk. Do not edit.',
  );
  expect(readHeader(rendered)).toEqual({
    header: { inputs, body: sha256('a: 1\nb: 2\nc: 3\n') },
    body: 'a: 1\nb: 2\nc: 3\n',
  });
});

it('finds no edit in an untouched file, whatever is rendered now', () => {
  expect(findEdit('a.yaml', rendered, withHeader(['v', 't'], sha256('others'), 'a: 9\n'))).toBeUndefined();
  expect(findEdit('a.yaml', rendered, undefined)).toBeUndefined();
});

it.each([
  ['a changed line', rendered.replace('b: 2', 'b: 5'), 4],
  ['an added line', rendered.replace('b: 2\n', 'b: 2\nx: 1\n'), 5],
  ['a removed line', rendered.replace('b: 2\n', ''), 4],
  ['a line added at the end', `${rendered}d: 4\n`, 6],
])('finds %s', (_, found, line) => {
  expect(findEdit('a.yaml', found, rendered)).toEqual({
    place: { file: 'a.yaml', line },
    message: 'edited by hand',
  });
});

it('says so where values changed as well', () => {
  const now = withHeader(['v', 't'], sha256('others'), 'a: 1\nb: 2\nc: 4\n');

  expect(findEdit('a.yaml', rendered.replace('b: 2', 'b: 5'), now)).toEqual({
    place: { file: 'a.yaml', line: 4 },
    message: 'edited by hand, here or below: values or template changed as well',
  });
});

it('takes a file without a header for one that a person made', () => {
  expect(findEdit('a.yaml', 'a: 1\n', rendered)).toMatchObject({ place: { file: 'a.yaml', line: 1 } });
});

it.each(['', '\n', '\0\0'])('takes %j for what a power cut left, not for an edit', (found) => {
  expect(findEdit('a.yaml', found, rendered)).toBeUndefined();
});

it.each([
  ['', '', undefined],
  ['a\nb', 'a\nc', 2],
  ['a', 'a\nb', 2],
  ['a\nb', 'a', 2],
])('compares %j and %j', (left, right, line) => {
  expect(firstDifference(left, right)).toBe(line);
});
