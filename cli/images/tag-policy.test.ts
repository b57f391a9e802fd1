import { describe, expect, it } from 'vitest';
import { imageTag, isThrowAway, tagOf } from './tag-policy.ts';

const now = Date.UTC(2026, 0, 31, 23, 59);

describe('the tag of an image', () => {
  it.each([
    ['0.1.5', undefined, '0.1.5'],
    ['0.1.5', 'beta', '0.1.5-beta.20260131'],
    ['0.1.5', 'dev', '0.1.5-dev.20260131'],
    ['0.1.5-beta.20260130', undefined, '0.1.5-beta.20260130'],
  ])('%s with --pre %s is %s', (tag, pre, expected) => {
    expect(imageTag(tag, pre, now)).toBe(expected);
  });

  it.each([
    ['latest', undefined, '--tag 0.1.5, or --tag 0.1.5 --pre beta'],
    ['1.0', undefined, '--tag 0.1.5, or --tag 0.1.5 --pre beta'],
    ['01.0.0', undefined, '--tag 0.1.5, or --tag 0.1.5 --pre beta'],
    ['v1.0.0', undefined, '--tag 0.1.5, or --tag 0.1.5 --pre beta'],
    ['1.0.0+x', undefined, '--tag 0.1.5, or --tag 0.1.5 --pre beta'],
    ['0.0.0-demo.0123456789ab', undefined, '--tag 0.1.5, or --tag 0.1.5 --pre beta'],
    ['1.2.3-rc.20260131', 'beta', '--tag 1.2.3 --pre beta'],
    ['1.2.3', 'Beta 1', '--tag 1.2.3 --pre beta'],
    [`1.2.${'9'.repeat(60)}`, undefined, '--tag 0.1.5, or --tag 0.1.5 --pre beta'],
  ])('%s with --pre %s is refused', (tag, pre, hint) => {
    expect(() => imageTag(tag, pre, now)).toThrow(
      expect.objectContaining({ code: 'IMAGE_TAG_INVALID', hint }) as Error,
    );
  });

  it('tells what stays on this machine', () => {
    expect(['0.0.0-demo.0123456789ab', '1.0.0-dev.20260131'].map(isThrowAway)).toEqual([true, true]);
    expect(['1.0.0', '1.0.0-beta.20260131'].map(isThrowAway)).toEqual([false, false]);
  });

  it('is what stands after the last colon', () => {
    expect(tagOf('localhost:5000/a/b:1.0.0')).toBe('1.0.0');
  });
});
