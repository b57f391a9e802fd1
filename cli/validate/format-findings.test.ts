import { describe, expect, it } from 'vitest';
import { recordedTerminal } from '../ports/terminal.fake.ts';
import { formatFindings } from './format-findings.ts';

describe('formatFindings', () => {
  it('prints a line per finding under its environment, and the sum', () => {
    const text = formatFindings(
      [
        { environment: 'dev', objectCount: 3, findings: [] },
        {
          environment: 'prod',
          objectCount: 4,
          findings: [
            {
              code: 'IMAGE_TAG_MISSING',
              severity: 'error',
              object: 'Deployment/ml/web',
              message: 'container web runs web',
              hint: 'give it a tag',
              place: { file: 'apps/web/base/deployment.yaml', line: 7, column: 3 },
            },
            { code: 'X', severity: 'warning', message: 'odd', hint: 'mend it' },
          ],
        },
      ],
      recordedTerminal(),
    );
    expect(text).toBe(`✔ dev 3 objects
prod 4 objects
  ✗ IMAGE_TAG_MISSING Deployment/ml/web container web runs web (apps/web/base/deployment.yaml:7) → give it a tag
  ⚠ X odd → mend it
1 error, 1 warning`);
  });
});
