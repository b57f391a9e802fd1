import { closest } from '../errors/did-you-mean.ts';
import { PlatformError } from '../errors/platform-error.ts';
import type { Part } from './model-parts.ts';
import type { Item, Model } from './model.ts';

/** Short names, as kubectl has them. */
const shortKinds: Readonly<Record<string, string>> = {
  ks: 'kustomization',
  hr: 'helmrelease',
  gitrepo: 'gitrepository',
  deploy: 'deployment',
  sts: 'statefulset',
  ds: 'daemonset',
  rs: 'replicaset',
  po: 'pod',
  cm: 'configmap',
  svc: 'service',
  es: 'externalsecret',
};

/**
 * The object that a person means: `trades`, `ml/trades`, `deploy/trades`, `Deployment/ml/trades`. Where a name fits
 * several, a Kustomization is meant before what it applied, and that before what controllers made of it.
 *
 * @throws {PlatformError} OBJECT_UNKNOWN, OBJECT_AMBIGUOUS.
 */
export function findObject(model: Model, text: string): Item | Part {
  return findObjects(model, text)[0];
}

/**
 * As {@link findObject}, with those that it may mean as well, from the likeliest on.
 *
 * @throws {PlatformError} OBJECT_UNKNOWN, OBJECT_AMBIGUOUS.
 */
export function findObjects({ items, parts }: Model, text: string): [Item | Part, ...(Item | Part)[]] {
  const words = text.split('/').filter((word) => word !== '');
  const name = words.at(-1) ?? '';
  const fitting = [...items, ...parts].filter(
    ({ ref }) => ref.name === name && words.slice(0, -1).every((word) => fits(word, ref)),
  );
  const [only, ...more] = fitting.sort((a, b) => rankOf(a) - rankOf(b));
  if (!only) throw unknown(text, [...items, ...parts]);
  const others = more.filter((object) => rankOf(object) === rankOf(only));
  if (others.length > 0) {
    throw new PlatformError(
      'OBJECT_AMBIGUOUS',
      `${text} may be any of ${[only, ...others].map(({ id }) => id).join(', ')}`,
      `Name it by kind and namespace: ${only.id}`,
    );
  }
  return [only, ...more];
}

function fits(word: string, { kind, namespace }: Item['ref']): boolean {
  const lower = word.toLowerCase();
  const wanted = shortKinds[lower] ?? lower;
  return namespace === word || wanted === kind.toLowerCase() || wanted === `${kind.toLowerCase()}s`;
}

function rankOf({ ref, ...object }: Item | Part): number {
  if (!('role' in object)) return 4;
  const ranks = { applier: ref.kind === 'Kustomization' ? 0 : 1, workload: 2, source: 3, image: 3 };
  return ranks[object.role];
}

function unknown(text: string, known: readonly (Item | Part)[]): PlatformError {
  const short = known.map(({ ref }) => ref.name);
  const guess = closest(text.split('/').at(-1) ?? text, new Set(short));
  const meant = known.find(({ ref }) => ref.name === guess);
  return new PlatformError(
    'OBJECT_UNKNOWN',
    `neither Flux nor what it applied has an object ${text}`,
    meant === undefined ? 'platform tree' : `Did you mean ${meant.id}?`,
  );
}
