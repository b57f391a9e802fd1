import type { AppValues, EnvironmentValues } from './environment.ts';
import type { Problem } from './rules.ts';

/** `apps.<app>.autoscaling`, of apps whose schema has it. */
interface Autoscaling {
  readonly kind: 'none' | 'hpa' | 'keda';
  readonly min: number;
  readonly max: number;
  readonly triggers: readonly ({ readonly type: string } & Readonly<Record<string, unknown>>)[];
}

/** What each type of trigger cannot do without, and its schema has no default of. */
const required: Readonly<Record<string, readonly string[]>> = {
  kafka: ['topic', 'consumerGroup'],
  cron: ['start', 'end', 'replicas'],
  workload: ['podSelector'],
};

function autoscalingOf(app: AppValues | undefined): Autoscaling | undefined {
  return app?.['autoscaling'] as Autoscaling | undefined;
}

/** Whether something other than `replicas` decides how many pods an app has. */
export function isAutoscaled(app: AppValues | undefined): boolean {
  return (autoscalingOf(app)?.kind ?? 'none') !== 'none';
}

/**
 * An autoscaler between whose bounds there is no number, or not the one that the app begins with: switching it on would then
 * stop or start pods at once.
 */
export function autoscalingBounds({ apps }: EnvironmentValues): Problem[] {
  return Object.entries(apps).flatMap(([name, app]): Problem[] => {
    const scaling = autoscalingOf(app);
    if (!scaling || !isAutoscaled(app)) return [];
    const { min, max } = scaling;
    const at = ['apps', name, 'autoscaling'];
    const [path, against] = [
      [...at, 'min'],
      [...at, 'max'],
    ];
    if (min > max)
      return [{ path, against, message: `apps.${name}.autoscaling.min (${min}) is more than max (${max})` }];
    const replicas = Number(app['replicas'] ?? min);
    if (replicas >= min && replicas <= max) return [];
    const message = `apps.${name}.replicas (${replicas}) is not between autoscaling.min (${min}) and autoscaling.max (${max})`;
    return [{ path: ['apps', name, 'replicas'], against: replicas < min ? path : against, message }];
  });
}

/** An autoscaler that could not work: KEDA without triggers, one without what it needs, or Kubernetes' own at zero pods. */
export function autoscalingNeeds({ apps }: EnvironmentValues): Problem[] {
  return Object.entries(apps).flatMap(([name, app]): Problem[] => {
    const scaling = autoscalingOf(app);
    if (!scaling) return [];
    const { kind, min, triggers } = scaling;
    const at = ['apps', name, 'autoscaling'];
    const key = at.join('.');
    const against = [...at, 'kind'];
    if (kind === 'hpa' && min === 0) {
      const message = `${key}.min is 0; only kind keda can stop all pods and start them again`;
      return [{ path: [...at, 'min'], against, message }];
    }
    if (kind === 'keda' && triggers.length === 0) {
      const message = `${key}.triggers is empty; kind keda scales by them`;
      return [{ path: [...at, 'triggers'], against, message }];
    }
    if (kind !== 'keda') {
      if (triggers.length === 0) return [];
      const message = `${key}.triggers are for kind keda, and kind is ${kind}`;
      return [{ path: [...at, 'triggers'], against, message }];
    }
    return triggers.flatMap((trigger, index) =>
      (required[trigger.type] ?? [])
        .filter((field) => trigger[field] === undefined)
        .map((field): Problem => ({
          path: [...at, 'triggers', index],
          against,
          message: `${key}.triggers[${String(index)}].${field} is missing; a trigger of type ${trigger.type} needs it`,
        })),
    );
  });
}
