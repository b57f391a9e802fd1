import { describe, expect, it } from 'vitest';
import { recordedTerminal } from '../ports/terminal.fake.ts';
import type { ObjectChange } from './diff-builds.ts';
import { formatChanges } from './diff-format.ts';

const ref = (kind: string, name: string): ObjectChange['ref'] => ({
  apiVersion: 'v1',
  kind,
  namespace: 'ml',
  name,
});

describe('formatChanges', () => {
  it('prints an object a line, with its marks, fields and restarts', () => {
    const changes: ObjectChange[] = [
      {
        ref: ref('ConfigMap', 'web'),
        kustomization: 'web',
        change: 'update',
        marks: [],
        restarts: ['Deployment/ml/web'],
        nextStart: ['Deployment/ml/api'],
        fields: [
          { path: 'data.LEVEL', before: 'info', after: undefined },
          { path: 'data.script', before: 'one\ntwo\n', after: 'one\nthree\n' },
        ],
      },
      { ref: ref('Service', 'web'), kustomization: 'web', change: 'prune', fields: [], marks: ['prune'] },
    ];
    expect(
      formatChanges(
        [
          { environment: 'dev', changes },
          { environment: 'prod', changes: [] },
        ],
        recordedTerminal(),
      ),
    ).toBe(
      `dev 0 created, 1 updated, 1 removed
  ~ ConfigMap/ml/web  (web)
      data.LEVEL: info → (none)
      data.script:
        - two
        + three
      restarts Deployment/ml/web
      Deployment/ml/api gets it when its pods start next
  - Service/ml/web  (web)  PRUNE: Flux deletes it

  Reloader would restart what reads it: platform component enable reloader dev

prod no changes`,
    );
  });
});
