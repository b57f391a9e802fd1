import { expect, it } from 'vitest';
import { copiedRepository } from '../testing/copied-repository.ts';
import { demoTag } from '../values/app-images.ts';
import { loadEnvironment } from '../values/load-environment.ts';
import { demoImages } from './demo-images.ts';

it('are those of the apps that are on and name no image', async () => {
  const root = await copiedRepository({
    'clusters/dev/values.yaml':
      'apps: { trades: { image: { tag: 1.0.0 } }, backfill: { enabled: false }, prediction-api: { replicas: 2 } }\n',
  });

  expect(demoImages(root, await loadEnvironment({ root }, 'dev'))).toEqual([
    {
      name: 'prediction-api',
      image: `platform.local/prediction-api:${demoTag(root, 'prediction-api') ?? ''}`,
    },
  ]);
});
