import { describe, expect, it } from 'vitest';
import { fieldAt, leavesOf } from './field-path.ts';

const object = {
  metadata: { labels: { 'app.kubernetes.io/name': 'web', team: 'a' } },
  spec: { containers: [{ name: 'web', args: ['-v', '2'] }, { name: 'side' }] },
};

describe('fieldAt', () => {
  it.each([
    ['spec.containers[web].args[1]', 'spec.containers[web].args[1]', '2'],
    ['.spec.containers[0].name', 'spec.containers[web].name', 'web'],
    ['spec.containers.side.name', 'spec.containers[side].name', 'side'],
    ['metadata.labels[app.kubernetes.io/name]', 'metadata.labels[app.kubernetes.io/name]', 'web'],
    ['metadata.labels.app.kubernetes.io/name', 'metadata.labels[app.kubernetes.io/name]', 'web'],
    ['metadata.labels.team', 'metadata.labels.team', 'a'],
  ])('finds %s', (text, path, value) => {
    expect(fieldAt(object, text)).toMatchObject({ path, value });
  });

  it('finds nothing where there is nothing', () => {
    expect(fieldAt(object, 'spec.containers[api].image')).toBeUndefined();
    expect(fieldAt(object, 'spec.containers[5]')).toBeUndefined();
  });

  it('lists the single values below a field', () => {
    expect(leavesOf({ path: 'spec', value: object.spec })).toEqual([
      'spec.containers[web].name',
      'spec.containers[web].args[0]',
      'spec.containers[web].args[1]',
      'spec.containers[side].name',
    ]);
  });
});
