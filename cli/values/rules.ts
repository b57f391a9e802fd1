import { closest } from '../errors/did-you-mean.ts';
import { autoscalingBounds, autoscalingNeeds } from './autoscaling.ts';
import { missingComponents, providedOrEnabled } from './component-needs.ts';
import { parseDurationMs } from './duration.ts';
import type { AppValues, EnvironmentValues } from './environment.ts';
import { storeProblems } from './secret-store.ts';
import { parseQuantity } from './quantity.ts';

/** A contradiction between values that are each fine by themselves. */
export interface Problem {
  readonly path: readonly (string | number)[];
  /** The value that it contradicts: the place to edit, where a person wrote that one and not the other. */
  readonly against?: readonly (string | number)[];
  /** Says the path and why. */
  readonly message: string;
  readonly hint?: string;
}

type Rule = (values: EnvironmentValues) => Problem[];

const contextNeedsExisting: Rule = ({ engine, cluster }) => {
  if (engine === 'existing' && cluster.context === undefined) {
    const message = 'cluster.context is missing; the engine existing needs the name of a kubeconfig context';
    return [
      { path: ['cluster', 'context'], against: ['engine'], message, hint: 'kubectl config get-contexts' },
    ];
  }
  if (engine !== 'existing' && cluster.context !== undefined) {
    const message = `cluster.context is only for the engine existing, and engine is ${engine}`;
    return [{ path: ['cluster', 'context'], message, hint: 'Remove it, or write engine: existing' }];
  }
  return [];
};

const retrySoonerThanInterval: Rule = ({ flux }) => {
  const retryMs = parseDurationMs(flux.retryInterval) ?? 0;
  const intervalMs = parseDurationMs(flux.interval) ?? Infinity;
  if (retryMs <= intervalMs) return [];
  const message = `flux.retryInterval (${flux.retryInterval}) is longer than flux.interval (${flux.interval})`;
  return [{ path: ['flux', 'retryInterval'], against: ['flux', 'interval'], message }];
};

const afterNamesApps: Rule = ({ apps }) =>
  Object.entries(apps).flatMap(([name, app]) =>
    (app.enabled ? app.after : []).flatMap((other, index): Problem[] => {
      const path = ['apps', name, 'after', index];
      if (other === name) return [{ path, message: `apps.${name}.after names ${name} itself` }];
      const found = apps[other];
      if (found?.enabled) return [];
      if (found) {
        const message = `apps.${name}.after names ${other}, which is not enabled in this environment`;
        return [{ path, message, hint: `Remove it, or write apps.${other}.enabled: true` }];
      }
      const guess = closest(other, Object.keys(apps));
      const message = `apps.${name}.after names ${other}, which is no app${guess ? `; did you mean ${guess}?` : `; apps: ${Object.keys(apps).join(', ')}`}`;
      return [{ path, message }];
    }),
  );

const afterHasNoCycle: Rule = ({ apps }) => {
  const problems: Problem[] = [];
  const done = new Set<string>();
  const visit = (name: string, trail: readonly string[]): void => {
    const start = trail.indexOf(name);
    if (start >= 0) {
      const circle = [...trail.slice(start), name].join(' → ');
      // A circle of one has its own message.
      if (trail.length - start > 1) {
        problems.push({
          path: ['apps', name, 'after'],
          message: `apps.${name}.after makes a circle: ${circle}`,
        });
      }
      return;
    }
    if (done.has(name)) return;
    for (const other of apps[name]?.after ?? []) visit(other, [...trail, name]);
    done.add(name);
  };
  for (const name of Object.keys(apps)) visit(name, []);
  return problems;
};

interface Resources {
  readonly requests?: Readonly<Record<string, string>>;
  readonly limits?: Readonly<Record<string, string>>;
}

function resourcesOf(app: AppValues): Resources {
  return app['resources'] ?? {};
}

const requestsWithinLimits: Rule = ({ apps }) =>
  Object.entries(apps).flatMap(([name, app]) => {
    const { requests = {}, limits = {} } = resourcesOf(app);
    return Object.entries(requests).flatMap(([what, request]): Problem[] => {
      const limit = limits[what];
      if (limit === undefined || (parseQuantity(request) ?? 0) <= (parseQuantity(limit) ?? Infinity))
        return [];
      const path = ['apps', name, 'resources', 'requests', what];
      const at = `apps.${name}.resources.requests.${what}`;
      const against = ['apps', name, 'resources', 'limits', what];
      return [{ path, against, message: `${at} (${request}) is more than limits.${what} (${limit})` }];
    });
  });

const podsFitNodes: Rule = ({ apps, cluster, engine }) => {
  if (engine === 'existing') return []; // its nodes are not ours to know
  const nodes: Readonly<Record<string, string>> = { cpu: cluster.nodeCpu, memory: cluster.nodeMemory };
  return Object.entries(apps).flatMap(([name, app]) =>
    Object.entries(resourcesOf(app).requests ?? {}).flatMap(([what, request]): Problem[] => {
      const size = nodes[what];
      if (!app.enabled || size === undefined) return [];
      if ((parseQuantity(request) ?? 0) <= (parseQuantity(size) ?? Infinity)) return [];
      const key = what === 'cpu' ? 'nodeCpu' : 'nodeMemory';
      const at = `apps.${name}.resources.requests.${what}`;
      const message = `${at} (${request}) is more than a node has (cluster.${key}: ${size}); its pods would stay Pending`;
      return [{ path: ['apps', name, 'resources', 'requests', what], against: ['cluster', key], message }];
    }),
  );
};

const rules: readonly Rule[] = [
  contextNeedsExisting,
  retrySoonerThanInterval,
  afterNamesApps,
  afterHasNoCycle,
  requestsWithinLimits,
  podsFitNodes,
  autoscalingBounds,
  autoscalingNeeds,
  missingComponents,
  providedOrEnabled,
  storeProblems,
];

/** What no schema can say: every contradiction, of values that their schema has passed. */
export function findContradictions(values: EnvironmentValues): Problem[] {
  return rules.flatMap((rule) => rule(values));
}
