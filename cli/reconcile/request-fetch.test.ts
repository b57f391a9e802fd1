import { describe, expect, it } from 'vitest';
import { fakeKube } from '../ports/kube.fake.ts';
import { conditions, gitRepository, revision } from '../testing/cluster-objects.ts';
import { hasFetched } from './request-fetch.ts';

const commit = 'a'.repeat(40);

async function fetched(status?: readonly object[]): Promise<boolean> {
  const kube = fakeKube();
  kube.set(status === undefined ? [] : [gitRepository(revision('a'), status)]);
  return hasFetched(kube, commit);
}

describe('hasFetched', () => {
  it('is true where Flux found that very commit when it looked last', async () => {
    expect(await fetched(conditions(['Ready', 'True', 'Succeeded', 'stored artifact']))).toBe(true);
  });

  it('is false where its last look failed: what it found before may be old', async () => {
    expect(await fetched(conditions(['Ready', 'False', 'GitOperationFailed', 'unauthorized']))).toBe(false);
  });

  it('is false before Flux has looked', async () => {
    expect(await fetched(conditions())).toBe(false);
    expect(await fetched()).toBe(false);
  });

  it('is false for another commit', async () => {
    const kube = fakeKube();
    kube.set([gitRepository(revision('b'))]);
    expect(await hasFetched(kube, commit)).toBe(false);
  });
});
