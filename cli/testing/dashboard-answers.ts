import type { Promotion } from '../observe/promotion.ts';
import { revision } from './cluster-objects.ts';

/** Three environments: dev moves on, stage is two tags behind it, prod has what stage has and cannot be reached. */
export const storyMatrix: Promotion = {
  environments: [
    { name: 'dev', revision: revision('a') },
    { name: 'stage', note: 'its cluster is stopped' },
    { name: 'prod', note: 'this machine reaches no cluster of it' },
  ],
  rows: [
    {
      app: 'trades',
      kind: 'Deployment',
      name: 'trades',
      cells: {
        dev: {
          tags: '0.3.0',
          replicas: 1,
          since: { commit: 'c'.repeat(40), at: '2026-01-01T11:00:00Z' },
          running: {
            id: 'Deployment/ml/trades',
            state: 'Ready',
            tags: '0.2.0',
            revision: revision('a'),
            ageSeconds: 240,
          },
        },
        stage: {
          tags: '0.1.0',
          replicas: 2,
          behind: { environment: 'dev', changes: 2, since: '2026-01-01T10:00:00Z' },
        },
        prod: { tags: '0.1.0', replicas: 3, behind: { environment: 'stage', changes: 0 } },
      },
    },
    {
      app: 'backfill-1-trades',
      kind: 'Job',
      name: 'backfill-1-trades',
      cells: {
        dev: { tags: '0.3.0' },
        prod: { tags: '0.0.9', behind: { environment: 'dev' } },
      },
    },
  ],
};
