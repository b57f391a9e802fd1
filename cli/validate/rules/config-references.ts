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

/** What is wrong where the object that a pod refers to is in git, without the key that it asks for. */
function lacksKey({ object, kustomization }: Placed, reference: ConfigReference, found: KubeObject): Hit[] {
  const { kind, name, key, path } = reference;
  const keys = ['data', 'binaryData', 'stringData'].flatMap((field) =>
    Object.keys((found[field] as object | undefined) ?? {}),
  );
  if (key === undefined || keys.includes(key)) return [];
  const guess = closest(key, keys);
  const hint = guess === undefined ? `one of: ${keys.join(', ')}` : `did you mean ${guess}?`;
  const message = `refers to key ${key} of ${kind} ${name}, which has no such key`;
  return [{ message, hint, object, kustomization, path }];
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
      return lacksKey(placed, reference, found);
    }),
};

export const secretKey: Rule = {
  code: 'SECRET_KEY_UNKNOWN',
  severity: 'error',
  title: 'A Secret that is in git has the key that a pod asks for.',
  why: 'A key that only the cluster has is lost with it: after the next rebuild the pod stays in CreateContainerConfigError. Encrypted files show their keys.',
  check: (context) =>
    missing(context, 'Secret').flatMap(({ placed, reference }): Hit[] => {
      const found = context.applied.find(
        ({ object: { kind, metadata } }) =>
          kind === 'Secret' &&
          metadata.namespace === placed.object.metadata.namespace &&
          metadata.name === reference.name,
      )?.object;
      return found === undefined ? [] : lacksKey(placed, reference, found);
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
