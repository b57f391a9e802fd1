import type { KubeObject } from '../../ports/kube.ts';
import type { Placed, Rule, RuleContext } from '../rule.ts';

/** An autoscaler, of Kubernetes or of KEDA, which makes one of Kubernetes itself. */
interface Autoscaler extends Placed {
  /** `Deployment/ml/trades` */
  readonly target: string;
  readonly min: number;
  readonly max: number;
  /** The field that holds the lower bound. */
  readonly minField: string;
}

interface ScalerSpec {
  readonly scaleTargetRef?: { readonly kind?: string; readonly name?: string };
  readonly minReplicas?: number;
  readonly maxReplicas?: number;
  readonly minReplicaCount?: number;
  readonly maxReplicaCount?: number;
}

function autoscalersIn({ applied }: RuleContext): Autoscaler[] {
  return applied.flatMap((placed): Autoscaler[] => {
    const { object } = placed;
    const spec = (object['spec'] ?? {}) as ScalerSpec;
    const target = targetOf(object, spec);
    if (object.kind === 'HorizontalPodAutoscaler') {
      const { minReplicas = 1, maxReplicas = minReplicas } = spec;
      return [{ ...placed, target, min: minReplicas, max: maxReplicas, minField: 'minReplicas' }];
    }
    if (object.kind !== 'ScaledObject' || !object.apiVersion.startsWith('keda.sh/')) return [];
    const { minReplicaCount = 0, maxReplicaCount = 100 } = spec; // KEDA's defaults
    return [{ ...placed, target, min: minReplicaCount, max: maxReplicaCount, minField: 'minReplicaCount' }];
  });
}

function targetOf({ metadata }: KubeObject, { scaleTargetRef = {} }: ScalerSpec): string {
  const { kind = 'Deployment', name = '' } = scaleTargetRef;
  return `${kind}/${metadata.namespace ?? ''}/${name}`;
}

export const autoscaledTwice: Rule = {
  code: 'AUTOSCALED_TWICE',
  severity: 'error',
  title: 'One autoscaler at most decides how many pods a workload has.',
  why: 'A ScaledObject makes a HorizontalPodAutoscaler; two of them on one workload take turns in setting the number, and KEDA refuses the second.',
  check: (context) => {
    const first = new Map<string, string>();
    return autoscalersIn(context).flatMap(({ object, kustomization, target }) => {
      const own = `${object.kind} ${object.metadata.name}`;
      const other = first.get(target);
      if (other === undefined) first.set(target, own);
      if (other === undefined || other === own) return []; // an object that is there twice is another finding
      return {
        message: `scales ${target}, which ${other} scales already`,
        hint: 'take one of the two out',
        object,
        kustomization,
        path: ['spec', 'scaleTargetRef', 'name'],
      };
    });
  },
};

export const autoscalerBounds: Rule = {
  code: 'AUTOSCALER_BOUNDS',
  severity: 'error',
  title: 'The lower bound of an autoscaler is not above its upper bound.',
  why: 'The API server refuses such an autoscaler, and no schema can say so.',
  check: (context) =>
    autoscalersIn(context)
      .filter(({ min, max }) => min > max)
      .map(({ object, kustomization, min, max, minField }) => ({
        message: `has a lower bound (${String(min)}) above the upper one (${String(max)})`,
        hint: 'lower the one or raise the other',
        object,
        kustomization,
        path: ['spec', minField],
      })),
};
