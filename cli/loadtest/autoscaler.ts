import { conditionsOf } from '../observe/fields.ts';
import type { Kube, KubeObject } from '../ports/kube.ts';
import { parseQuantity } from '../values/quantity.ts';

/** Who decides the number of pods of an app. */
export interface Autoscaler {
  readonly kind: 'HorizontalPodAutoscaler' | 'ScaledObject';
  readonly name: string;
  readonly min: number;
  readonly max: number;
}

/** One thing that an autoscaler measures, and what it should be. */
export interface ScalingMetric {
  /** `cpu`, `memory`, or the name of a metric from outside. */
  readonly name: string;
  /** `%` of what the pods request; empty for a number of its own. */
  readonly unit: '%' | '';
  readonly target: number;
  /** null until it was measured. */
  readonly current: number | null;
}

/** The pods of an app at one moment, and what their autoscaler thinks. */
export interface ScalingState {
  /** What the Deployment is asked for. */
  readonly wanted: number;
  /** Those that get requests. */
  readonly ready: number;
  readonly metrics: readonly ScalingMetric[];
  /** Why the autoscaler does not act, in its own words; absent where it does. */
  readonly trouble?: string | undefined;
}

interface MetricSource {
  readonly name?: string;
  readonly metric?: { readonly name: string };
  readonly target?: Values;
  readonly current?: Values;
}
interface Values {
  readonly averageUtilization?: number;
  readonly averageValue?: string;
  readonly value?: string;
}
type Metric = { readonly type: string } & Readonly<Record<string, MetricSource | string | undefined>>;
interface AutoscalerFields {
  readonly scaleTargetRef?: { readonly kind?: string; readonly name: string };
  readonly minReplicas?: number;
  readonly maxReplicas?: number;
  readonly minReplicaCount?: number;
  readonly maxReplicaCount?: number;
  readonly metrics?: readonly Metric[];
}

const hpaKind = {
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
} as const;
const scaledObjectKind = { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject' } as const;

type App = { readonly namespace: string; readonly name: string };

/**
 * The autoscaler of an app's Deployment; KEDA's own kind where there is one, for the HorizontalPodAutoscaler beside it is its tool.
 *
 * @returns undefined where the number is fixed.
 */
export async function findAutoscaler(kube: Pick<Kube, 'list'>, app: App): Promise<Autoscaler | undefined> {
  const { namespace } = app;
  const [scaledObjects, hpas] = await Promise.all([
    kube.list(scaledObjectKind, { namespace }),
    kube.list(hpaKind, { namespace }),
  ]);
  const scaled = scaledObjects.find((object) => scales(object, app.name));
  if (scaled !== undefined) {
    const { minReplicaCount = 0, maxReplicaCount = 100 } = fieldsOf(scaled);
    return { kind: 'ScaledObject', name: scaled.metadata.name, min: minReplicaCount, max: maxReplicaCount };
  }
  const hpa = hpas.find((object) => scales(object, app.name));
  if (hpa === undefined) return undefined;
  const { minReplicas = 1, maxReplicas = 1 } = fieldsOf(hpa);
  return { kind: 'HorizontalPodAutoscaler', name: hpa.metadata.name, min: minReplicas, max: maxReplicas };
}

/** How an app stands now; undefined where it has no Deployment. */
export async function readScaling(
  kube: Pick<Kube, 'get' | 'list'>,
  app: App,
): Promise<ScalingState | undefined> {
  const { namespace, name } = app;
  const [deployment, hpas] = await Promise.all([
    kube.get({ apiVersion: 'apps/v1', kind: 'Deployment', namespace, name }),
    kube.list(hpaKind, { namespace }),
  ]);
  if (deployment === undefined) return undefined;
  const { replicas = 1 } = (deployment['spec'] ?? {}) as { replicas?: number };
  const { readyReplicas = 0 } = (deployment['status'] ?? {}) as { readyReplicas?: number };
  const hpa = hpas.find((object) => scales(object, name));
  const state = { wanted: replicas, ready: readyReplicas, metrics: hpa === undefined ? [] : metricsOf(hpa) };
  const trouble = hpa === undefined ? undefined : troubleOf(hpa);
  return trouble === undefined ? state : { ...state, trouble };
}

function fieldsOf(object: KubeObject): AutoscalerFields {
  return object['spec'] ?? {};
}

function scales(object: KubeObject, app: string): boolean {
  const { scaleTargetRef } = fieldsOf(object);
  return scaleTargetRef?.name === app && (scaleTargetRef.kind ?? 'Deployment') === 'Deployment';
}

/** What it measures beside what it aims at. */
function metricsOf(hpa: KubeObject): ScalingMetric[] {
  const { currentMetrics } = (hpa['status'] ?? {}) as { currentMetrics?: readonly Metric[] | null };
  return (fieldsOf(hpa).metrics ?? []).flatMap((metric): ScalingMetric[] => {
    const [wanted, name] = [sourceOf(metric), nameOf(metric)];
    const seen = (currentMetrics ?? []).find((each) => each.type === metric.type && nameOf(each) === name);
    const target = numberIn(wanted?.target);
    if (target === undefined) return [];
    const unit = wanted?.target?.averageUtilization === undefined ? '' : '%';
    return [{ name, unit, target, current: numberIn(seen && sourceOf(seen)?.current, unit) ?? null }];
  });
}

/** `Resource` has its fields in `resource`, `ContainerResource` in `containerResource`. */
function sourceOf(metric: Metric): MetricSource | undefined {
  const source = metric[metric.type.charAt(0).toLowerCase() + metric.type.slice(1)];
  return typeof source === 'object' ? source : undefined;
}

function nameOf(metric: Metric): string {
  const source = sourceOf(metric);
  return source?.name ?? source?.metric?.name ?? metric.type;
}

/** In the unit that the target is given in: what is measured comes in several. */
function numberIn(values: Values | undefined, unit?: '%' | ''): number | undefined {
  if (unit !== '' && values?.averageUtilization !== undefined) return values.averageUtilization;
  const text = values?.averageValue ?? values?.value;
  return text === undefined ? undefined : parseQuantity(text);
}

function troubleOf(hpa: KubeObject): string | undefined {
  const stopped = conditionsOf(hpa).find(
    ({ type, status, reason }) =>
      (type === 'ScalingActive' || type === 'AbleToScale') &&
      status === 'False' &&
      reason !== 'ScalingDisabled',
  );
  return stopped && `${stopped.reason}: ${stopped.message}`;
}
