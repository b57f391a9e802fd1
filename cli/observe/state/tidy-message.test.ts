import { expect, it } from 'vitest';
import { tidyMessage } from './tidy-message.ts';

it('names files as they are in the repository', () => {
  expect(tidyMessage('open /tmp/kustomization-12/apps/x/a.yaml: no such file')).toBe(
    'open apps/x/a.yaml: no such file',
  );
});

it('leaves out the pod template that a refused Job quotes, whatever its strings hold', () => {
  const message = 'spec.template: Invalid value: {"Env":[{"Value":"} \\" secret"}]}: field is immutable';

  expect(tidyMessage(message)).toBe('spec.template: Invalid value: {…}: field is immutable');
});

it('keeps plain values', () => {
  expect(tidyMessage('spec.replicas: Invalid value: -1: must be at least 0')).toContain('-1');
});
