import { describe, expect, it } from 'vitest';
import { imageLabels, webAddress } from './labels.ts';

const source = {
  revision: 'a'.repeat(40),
  committedAt: '2026-01-31T12:00:00+01:00',
  changed: [],
  origin: 'git@github.com:acme/trades.git',
};
const facts = { title: 'trades', description: 'Reads trades.', licenses: 'MIT' };

describe('the labels of an image', () => {
  it('are all seven of the OCI specification', () => {
    expect(imageLabels({ ...facts, source })).toEqual({
      'org.opencontainers.image.revision': 'a'.repeat(40),
      'org.opencontainers.image.created': '2026-01-31T12:00:00+01:00',
      'org.opencontainers.image.url': 'https://github.com/acme/trades',
      'org.opencontainers.image.title': 'trades',
      'org.opencontainers.image.description': 'Reads trades.',
      'org.opencontainers.image.licenses': 'MIT',
      'org.opencontainers.image.source': 'https://github.com/acme/trades',
    });
  });

  it('say when files were not committed, take platform.yaml over origin, and are empty where nothing is known', () => {
    const dirty = imageLabels({
      ...facts,
      source: { ...source, changed: ['x'] },
      remote: 'https://gitlab.com/acme/platform',
    });
    expect(dirty).toMatchObject({
      'org.opencontainers.image.revision': `${'a'.repeat(40)}-dirty`,
      'org.opencontainers.image.url': 'https://gitlab.com/acme/platform',
    });
    expect(Object.values(imageLabels({ ...facts, source: undefined }))).toEqual([
      ...['', '', '', 'trades', 'Reads trades.', 'MIT', ''],
    ]);
  });

  it.each([
    ['https://user:secret@example.com:8443/a/b.git', 'https://example.com:8443/a/b'],
    ['ssh://git@example.com:2222/a/b.git/', 'https://example.com/a/b'],
    ['git@example.com:a/b.git', 'https://example.com/a/b'],
    ['example.com:a/b', 'https://example.com/a/b'],
    ['/srv/git/a.git', ''],
    ['../a', ''],
    ['file:///srv/a', ''],
    ['', ''],
  ])('give %s as %j', (remote, expected) => {
    expect(webAddress(remote)).toBe(expected);
  });
});
