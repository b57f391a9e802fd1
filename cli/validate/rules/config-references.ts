import { closest } from '../../errors/did-you-mean.ts';
import type { KubeObject } from '../../ports/kube.ts';
import type { Hit } from '../finding.ts';
import { referencesOf, secretsMadeBy, type ConfigReference } from '../references.ts';
import type { Placed, Rule, RuleContext } from '../rule.ts';

function missing(
  context: RuleContext,
  kind: ConfigReference['kind'],
): { placed: Placed; reference: ConfigReference }[] {
  return context.applied.flatMap((placed) =>
    referencesOf(placed.object)
      .filter((reference) => reference.kind === kind && !reference.optional)
      .map((reference) => ({ placed, reference })),
  );
}

function keysOf(object: KubeObject, ...fields: readonly string[]): string[] {
  return fields.flatMap((field) => Object.keys((object[field] as object | undefined) ?? {}));
}

function whichKey(key: string, keys: readonly string[]): string {
  const guess = closest(key, keys);
  return guess === undefined
    ? `it has ${keys.length === 0 ? 'no keys' : keys.join(', ')}`
    : `did you mean ${guess}?`;
}

export const configReference: Rule = {
  code: 'CONFIG_REFERENCE_UNKNOWN',
  severity: 'error',
  title: 'Every ConfigMap that a pod refers to exists in its namespace, with the key it asks for.',
  why: 'The pod stays in CreateContainerConfigError; on the embedded engine, where pods are simulated, nobody would notice.',
  check: (context) =>
    missing(context, 'ConfigMap').flatMap(({ placed, reference }): Hit[] => {
      const { object, kustomization } = placed;
      const here = context.applied.filter(
        ({ object: other }) =>
          other.kind === 'ConfigMap' && other.metadata.namespace === object.metadata.namespace,
      );
      const found = here.find(({ object: other }) => other.metadata.name === reference.name)?.object;
      if (found === undefined) {
        const guess = closest(
          reference.name,
          here.map(({ object: other }) => other.metadata.name),
        );
        const hint = guess === undefined ? `add the ConfigMap ${reference.name}` : `did you mean ${guess}?`;
        const message = `refers to ConfigMap ${reference.name}, which nothing provides`;
        return [{ message, hint, object, kustomization, path: reference.path }];
      }
      const keys = keysOf(found, 'data', 'binaryData');
      if (reference.key === undefined || keys.includes(reference.key)) return [];
      const hint = whichKey(reference.key, keys);
      const message = `refers to key ${reference.key} of ConfigMap ${reference.name}, which has no such key`;
      return [{ message, hint, object, kustomization, path: reference.path }];
    }),
};

export const secretKey: Rule = {
  code: 'SECRET_KEY_UNKNOWN',
  severity: 'error',
  title: 'A Secret that is in git has the key that a pod asks for.',
  why: 'A key that only the cluster has is lost with it: after the next rebuild the pod stays in CreateContainerConfigError. Encrypted files show their keys.',
  check: (context) =>
    missing(context, 'Secret').flatMap(({ placed: { object, kustomization }, reference }): Hit[] => {
      const { name, key, path } = reference;
      const found = context.applied.find(
        ({ object: other }) =>
          other.kind === 'Secret' &&
          other.metadata.namespace === object.metadata.namespace &&
          other.metadata.name === name,
      )?.object;
      if (found === undefined || key === undefined) return [];
      const keys = keysOf(found, 'data', 'stringData');
      if (keys.includes(key)) return [];
      const message = `refers to key ${key} of Secret ${name}, which has no such key`;
      return [{ message, hint: whichKey(key, keys), object, kustomization, path }];
    }),
};

export const secretReference: Rule = {
  code: 'SECRET_REFERENCE_UNKNOWN',
  severity: 'warning',
  title:
    'Every Secret that a pod refers to is in git, made by an ExternalSecret, or known to be made outside git.',
  why: 'Where nobody makes it, the pod stays in CreateContainerConfigError. A warning, since git cannot know what is made outside it.',
  check: (context) =>
    missing(context, 'Secret').flatMap(({ placed: { object, kustomization }, reference }): Hit[] => {
      const provided = context.applied.some(
        (other) =>
          other.object.metadata.namespace === object.metadata.namespace &&
          secretsMadeBy(other.object).includes(reference.name),
      );
      if (provided) return [];
      const message = `refers to Secret ${reference.name}, which nothing in git provides`;
      const namespace = object.metadata.namespace ?? 'default';
      const hint = `make sure that it exists: kubectl get secret ${reference.name} --namespace ${namespace}`;
      return [{ message, hint, object, kustomization, path: reference.path }];
    }),
};
