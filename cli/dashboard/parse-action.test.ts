import { expect, it } from 'vitest';
import { commandOf } from './action-data.ts';
import { parseAction, requireConfirmed } from './parse-action.ts';

const request = {
  verb: 'suspend',
  id: 'Kustomization/flux-system/trades',
  uid: 'u',
  resourceVersion: '1',
  reason: 'the broker moves',
} as const;

it('takes what the page sends', () => {
  expect(parseAction({ ...request, until: '2h', confirm: 'yes' })).toEqual({
    ...request,
    until: '2h',
    confirm: 'yes',
  });
});

it.each([
  [undefined, 'an action is an object'],
  [[request], 'an action is an object'],
  [{ ...request, force: 'yes' }, 'an action has no force'],
  [{ ...request, reason: { $ne: '' } }, 'reason is a text of at most 500 characters'],
  [{ ...request, reason: 'x'.repeat(501) }, 'reason is a text of at most 500 characters'],
  [{ ...request, verb: 'delete' }, 'the verb is one of reconcile, reconcile-with-source, suspend'],
  [{ ...request, uid: '' }, 'an action needs uid'],
  [{ ...request, resourceVersion: undefined }, 'resourceVersion is a text'],
  [{ ...request, reason: ' ' }, 'a suspension needs a reason'],
])('refuses %j: %s', (body, why) => {
  expect(() => parseAction(body)).toThrow(why);
});

const dev = { name: 'dev', protected: false };
const prod = { name: 'prod', protected: true };

it.each([
  [dev, 'reconcile', undefined],
  [dev, 'resume', undefined],
  [dev, 'suspend', 'yes'],
  [dev, 'rerun', 'yes'],
  [prod, 'reconcile', 'prod'],
  [prod, 'suspend', 'prod'],
] as const)('in %j, %s is confirmed by %s', (environment, verb, confirm) => {
  const given = confirm === undefined ? {} : { confirm };
  expect(() => requireConfirmed({ ...request, verb, ...given }, environment)).not.toThrow();
});

it.each([
  [dev, 'suspend', undefined],
  [dev, 'rerun', 'dev'],
  [prod, 'reconcile', undefined],
  [prod, 'suspend', 'yes'],
  [prod, 'resume', 'Prod'],
] as const)('in %j, %s is not confirmed by %s', (environment, verb, confirm) => {
  const given = confirm === undefined ? {} : { confirm };
  expect(() => requireConfirmed({ ...request, verb, ...given }, environment)).toThrow('nothing was done');
});

it.each([
  [{ verb: 'reconcile', id: 'HelmRelease/ml/r' }, 'platform reconcile dev HelmRelease/ml/r'],
  [
    { verb: 'reconcile-with-source', id: 'Kustomization/f/a' },
    'platform reconcile dev Kustomization/f/a --with-source',
  ],
  [
    { verb: 'suspend', id: 'Kustomization/f/a', reason: "it's $(late)", until: '2h' },
    "platform suspend dev Kustomization/f/a --reason 'it'\\''s $(late)' --until 2h",
  ],
  [{ verb: 'resume', id: 'Kustomization/f/a', reason: 'x' }, 'platform resume dev Kustomization/f/a'],
  [{ verb: 'rerun', id: 'Kustomization/f/b' }, 'platform backfill rerun dev --from 1-trades'],
] as const)('%j is the command %s', (action, line) => {
  expect(commandOf('dev', action, '1-trades')).toBe(line);
});
