import { expect, it } from 'vitest';
import { markTags, placeholderTag, withoutTags } from './mark-tags.ts';

const marks = { tag: '0.1.0', policy: 'flux-system:web-prod' };
const mark = (template: string): string | number =>
  markTags(template.replaceAll('TAG', marks.tag), template.replaceAll('TAG', placeholderTag), marks);

it('marks each line whose whole value is the tag, and no other that happens to read the same', () => {
  expect(mark('version: "TAG"\nkafka: "0.1.0"\nimages:\n  - newTag: "TAG"\n')).toBe(
    [
      'version: "0.1.0" # {"$imagepolicy": "flux-system:web-prod:tag"}',
      'kafka: "0.1.0"',
      'images:',
      '  - newTag: "0.1.0" # {"$imagepolicy": "flux-system:web-prod:tag"}',
      '',
    ].join('\n'),
  );
});

it.each([
  ['part of a longer value', 'a: 1\nimage: "web:TAG"\n', 2],
  ['not quoted', 'a: TAG\n', 1],
])('names the line in which the tag is %s', (_, template, line) => {
  expect(mark(template)).toBe(line);
});

it('gives one text for whatever tag stands behind the markers', () => {
  const marked = String(mark('version: "TAG"\nkafka: "0.1.0"\n'));
  const later = marked.replace('version: "0.1.0"', 'version: "0.2.0-beta.20260131"');
  expect(withoutTags(later)).toBe(withoutTags(marked));
  expect(withoutTags(marked.replace('kafka: "0.1.0"', 'kafka: "0.2.0"'))).not.toBe(withoutTags(marked));
});
