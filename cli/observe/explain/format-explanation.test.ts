import picocolors from 'picocolors';
import { describe, expect, it } from 'vitest';
import { now } from '../../testing/cluster-objects.ts';
import type { Origin } from './explain-field.ts';
import { withoutValues, type Explanation } from './explanation.ts';
import { formatExplanation } from './format-explanation.ts';

const look = { colors: picocolors.createColors(false), unicode: true, now };
const overlay = 'apps/trades/overlays/dev';
const origin: Origin = {
  file: `${overlay}/kustomization.yaml`,
  line: 18,
  column: 12,
  text: 'count: 1',
  rendered: true,
  template: {
    file: 'templates/apps/trades/overlays/kustomization.yaml.njk',
    line: 16,
    text: 'count: #{ app.replicas }#',
  },
  values: [
    {
      key: 'apps.trades.replicas',
      value: 1,
      from: 'written',
      place: { file: 'clusters/dev/values.yaml', line: 9, column: 15 },
    },
  ],
  blame: {
    commit: 'b'.repeat(40),
    author: 'first author',
    at: '2026-01-01T10:00:00Z',
    subject: 'Everything',
  },
};
const nothing: Explanation = {
  environment: 'dev',
  object: 'Deployment/ml/trades',
  madeFrom: [],
  commit: 'a'.repeat(40),
  appliedBy: 'Kustomization/flux-system/trades',
  folder: overlay,
  origins: [],
};
const explanation: Explanation = {
  ...nothing,
  madeFrom: ['Pod/ml/trades-1-x', 'ReplicaSet/ml/trades-1'],
  path: 'spec.replicas',
  live: { value: 3, managers: [{ name: 'kubectl-scale' }, { name: 'kustomize-controller' }] },
  git: { value: 1 },
  origins: [origin],
};

describe('formatExplanation', () => {
  it('goes from the live field back to values, commit and author', () => {
    expect(formatExplanation(explanation, look)).toMatchInlineSnapshot(`
      "Deployment/ml/trades spec.replicas = 3
        live        set by kubectl-scale, kustomize-controller; git has 1
        made from   Pod/ml/trades-1-x
        made from   ReplicaSet/ml/trades-1
        applied by  Kustomization/flux-system/trades from apps/trades/overlays/dev at aaaaaaa

        rendered    apps/trades/overlays/dev/kustomization.yaml:18:12   count: 1
        template    templates/apps/trades/overlays/kustomization.yaml.njk:16   count: #{ app.replicas }#
        value       clusters/dev/values.yaml:9:15   apps.trades.replicas: 1
        commit      bbbbbbb   Everything (first author, 2026-01-01)"
    `);
  });

  it('says who set what git does not', () => {
    const live = { value: 600, managers: [] };

    expect(formatExplanation({ ...nothing, path: 'spec.progressDeadlineSeconds', live }, look))
      .toMatchInlineSnapshot(`
      "Deployment/ml/trades spec.progressDeadlineSeconds = 600
        live        nobody set it: a default of the API server, or of a controller
        applied by  Kustomization/flux-system/trades from apps/trades/overlays/dev at aaaaaaa

      git says nothing of this field."
    `);
  });

  it('lists the fields where none was named', () => {
    expect(formatExplanation({ ...nothing, fields: ['kind', 'spec.replicas'] }, look)).toMatchInlineSnapshot(`
      "Deployment/ml/trades
        applied by  Kustomization/flux-system/trades from apps/trades/overlays/dev at aaaaaaa

      git sets these fields of it:
        kind
        spec.replicas"
    `);
  });
});

it('tells the places of what is in a Secret, and not what stands there', () => {
  const secret = withoutValues({
    ...origin,
    text: 'password: hunter2',
    values: [{ key: 'x', value: 'hunter2', from: 'computed' }],
  });

  expect(JSON.stringify(secret)).not.toContain('hunter2');
  expect(secret).toMatchObject({ text: 'password: (hidden)', line: 18 });
});
