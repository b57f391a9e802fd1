import type { AppValues, EnvironmentValues } from './environment.ts';
import type { Problem } from './rules.ts';

/** `apps.<app>.autoscaling`, of apps whose schema has it. */
interface Autoscaling {
  readonly kind: 'none' | 'hpa';
  readonly min: number;
  readonly max: number;
}

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
