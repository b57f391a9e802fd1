import type { App } from '../values/apps.ts';
import { isAutoscaled } from '../values/autoscaling.ts';
import { componentsAwaitedBy } from '../values/component-needs.ts';
import { type Component, isEnabled, isPresent } from '../values/components.ts';
import { isAutomated } from '../values/image-automation.ts';
import { parseDurationMs } from '../values/duration.ts';
import type { Environment } from '../values/environment.ts';

/** One Flux Kustomization of an environment: what it applies, and after what. */
export interface Kustomization {
  /** A DNS label, unique in the environment: `trades`, `backfill-1-trades`. */
  readonly name: string;
  /** As Flux wants it: `./apps/trades/overlays/dev`. */
  readonly path: string;
  readonly dependsOn: readonly string[];
  /** Whether Flux reports it ready only when its objects are healthy: true where something depends on it. */
  readonly wait: boolean;
  /** How long it may take to become healthy, as Flux writes durations. */
  readonly timeout: string;
  /** Whether its files are encrypted with SOPS. */
  readonly sops: boolean;
  /** Deployments whose replicas an autoscaler decides: Flux leaves those alone. */
  readonly scaled: readonly string[];
}

/** Added to a Job's own deadline, so that the Job fails first and says why. */
const graceMs = 60_000;

/**
 * The Flux Kustomizations of one environment in an order in which they can be applied. Each depends only on what it uses:
 * the secrets, the components whose kinds it has objects of, the stage before it, and the apps that its values name with `after`. Not on the namespaces, which bootstrap and
 * deploy create beforehand: a dependency costs every push a second or two, and an app that is pushed together with a new
 * namespace is applied at Flux's next try.
 */
export function planKustomizations(
  { name, values }: Environment,
  apps: readonly App[],
  components: readonly Component[] = [],
): Kustomization[] {
  const { timeout } = values.flux;
  const enabled = apps.filter((app) => values.apps[app.name]?.enabled);
  const last = new Map(enabled.map((app) => [app.name, unitName(app.name, app.stages.at(-1))]));
  const roots = values.secrets.sops ? ['secrets'] : [];

  const units: (Omit<Kustomization, 'wait' | 'scaled'> & Partial<Kustomization>)[] = [
    { name: 'namespaces', path: './infrastructure/namespaces', dependsOn: [], timeout, sops: false },
  ];
  if (values.secrets.sops) {
    units.push({
      name: 'secrets',
      path: `./clusters/${name}/secrets`,
      dependsOn: [],
      timeout,
      sops: true,
    });
  }
  const ends = new Map<string, string>(); // of components: what to wait for, to use one
  for (const component of components) {
    const unit = { timeout, sops: false };
    const ground = isEnabled(values, component.name) ? [component.name] : [];
    if (ground.length > 0) {
      const path = `./infrastructure/controllers/${component.name}/overlays/${name}`;
      units.push({ ...unit, name: component.name, path, dependsOn: [] });
      ends.set(component.name, component.name);
    }
    if (!component.hasConfigs || !isPresent(values, component.name)) continue;
    const path = `./infrastructure/configs/${component.name}/overlays/${name}`;
    const configs = `${component.name}-config`;
    units.push({ ...unit, name: configs, path, dependsOn: [...roots, ...ground] });
    ends.set(component.name, configs);
  }
  for (const app of inOrder(enabled, values)) {
    const used = componentsAwaitedBy(values.apps[app.name]).flatMap((component) => ends.get(component) ?? []);
    const others = (values.apps[app.name]?.after ?? []).map((other) => last.get(other) ?? other);
    const after = [...used, ...others];
    const folder = `./apps/${app.name}/overlays/${name}`;
    if (app.kind !== 'job') {
      const scaled = isAutoscaled(values.apps[app.name]) ? [app.name] : [];
      units.push({
        name: app.name,
        path: folder,
        dependsOn: [...roots, ...after],
        timeout,
        sops: false,
        scaled,
      });
      continue;
    }
    for (const [index, stage] of app.stages.entries()) {
      const before = app.stages[index - 1];
      units.push({
        name: unitName(app.name, stage),
        path: `${folder}/${stage}`,
        dependsOn: before === undefined ? [...roots, ...after] : [unitName(app.name, before)],
        timeout: longer(timeout, Number(values.apps[app.name]?.['deadlineSeconds'] ?? 0)),
        sops: false,
      });
    }
  }
  if (enabled.some((app) => isAutomated(values.apps[app.name]))) {
    const path = `./clusters/${name}/images`;
    // Its kinds are defined by what Flux applies of itself.
    units.push({ name: 'image-automation', path, dependsOn: ['flux'], timeout, sops: false });
  }
  const awaited = new Set(units.flatMap(({ dependsOn }) => dependsOn));
  return units.map((unit) => ({ scaled: [], ...unit, wait: awaited.has(unit.name) }));
}

/** The name of an app's Kustomization, and of its Job: `trades`, `backfill-1-trades`. */
export function unitName(app: string, stage: string | undefined): string {
  return stage === undefined ? app : `${app}-${stage}`;
}

function longer(timeout: string, deadlineSeconds: number): string {
  const deadlineMs = deadlineSeconds * 1_000 + graceMs;
  return deadlineMs <= (parseDurationMs(timeout) ?? 0) ? timeout : `${String(deadlineMs / 1_000)}s`;
}

/** Every app behind those it waits for; by name otherwise. The values hold no circle: they were checked. */
function inOrder(apps: readonly App[], values: Environment['values']): App[] {
  const ordered = new Set<App>();
  const visit = (app: App): void => {
    if (ordered.has(app)) return;
    for (const other of values.apps[app.name]?.after ?? []) {
      const found = apps.find(({ name }) => name === other);
      if (found) visit(found);
    }
    ordered.add(app);
  };
  apps.forEach(visit);
  return [...ordered];
}
