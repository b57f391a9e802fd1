import { closest } from '../errors/did-you-mean.ts';
import { componentValues, isPresent } from './components.ts';
import type { AppValues, EnvironmentValues } from './environment.ts';
import type { Problem } from './rules.ts';

/** A value of an app that does nothing unless the cluster has a component. */
interface Need {
  readonly component: string;
  /** Below the app. */
  readonly path: readonly string[];
  /** As a message writes it: `autoscaling.kind is hpa`. */
  readonly what: string;
  /** Whether the app has objects of the component's kinds, so that it cannot be applied before. */
  readonly awaited: boolean;
}

function needsOf(app: AppValues | undefined): Need[] {
  if (app?.enabled !== true) return [];
  const { kind } = (app['autoscaling'] ?? {}) as { kind?: string };
  const at = ['autoscaling', 'kind'];
  const what = `autoscaling.kind is ${String(kind)}`;
  return [
    // An HorizontalPodAutoscaler is there before anything is measured, so nothing has to wait.
    ...(kind === 'hpa' ? [{ component: 'metrics-server', path: at, what, awaited: false }] : []),
    ...(kind === 'keda' ? [{ component: 'keda', path: at, what, awaited: true }] : []),
    ...externalSecretsIn(app).map((path) => ({
      component: 'external-secrets',
      path,
      what: `${path.join('.')} is there`,
      awaited: true,
    })),
  ];
}

/** Where an app's values have an `externalSecret`, at any depth. */
function externalSecretsIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([key, child]: [string, unknown]) => {
    const at = [...path, key];
    return key === 'externalSecret' && child !== undefined ? [at] : externalSecretsIn(child, at);
  });
}

/** The components that must be in the cluster before an app can be applied. */
export function componentsAwaitedBy(app: AppValues | undefined): string[] {
  return [...new Set(needsOf(app).flatMap(({ component, awaited }) => (awaited ? [component] : [])))];
}

/** The apps whose values need a component. */
export function appsThatNeed({ apps }: EnvironmentValues, component: string): string[] {
  return Object.entries(apps).flatMap(([name, app]) =>
    needsOf(app).some((need) => need.component === component) ? [name] : [],
  );
}

/** Values that would do nothing: what they need is not in the cluster. */
export function missingComponents(values: EnvironmentValues): Problem[] {
  return Object.entries(values.apps).flatMap(([name, app]) =>
    needsOf(app).flatMap(({ component, path, what }): Problem[] => {
      if (isPresent(values, component)) return [];
      return [
        {
          path: ['apps', name, ...path],
          against: ['components', component, 'enabled'],
          message: `apps.${name}.${what}, which needs the component ${component}, and this environment is without it`,
          hint: `platform component enable ${component} <environment>, or components.${component}.provided: true where the cluster has it`,
        },
      ];
    }),
  );
}

/** Installed twice, a component fights with itself. */
export function providedOrEnabled({ components }: EnvironmentValues): Problem[] {
  return Object.entries(components).flatMap(([name, { enabled, provided }]): Problem[] =>
    enabled && provided
      ? [
          {
            path: ['components', name, 'provided'],
            against: ['components', name, 'enabled'],
            message: `components.${name} is enabled and provided: either this repository brings it, or somebody else did`,
            hint: 'Remove one of the two',
          },
        ]
      : [],
  );
}

/** What to say of a name that is no component. */
export function unknownComponent(values: EnvironmentValues, name: string): string | undefined {
  if (componentValues(values, name)) return undefined;
  const known = Object.keys(values.components);
  const guess = closest(name, known);
  return guess === undefined ? `Name one of: ${known.join(', ')}` : `Did you mean ${guess}?`;
}
