import { versions } from '../../toolchain/versions.ts';
import { crdNames } from '../flux/crds.ts';
import type { Kubectl } from '../kubectl.ts';
import type { EmbeddedAsset, EmbeddedTools } from './tools.ts';

/** What a component of the infrastructure is on this engine, where its chart is not installed. */
interface StandIn {
  readonly component: string;
  /** Where its CustomResourceDefinitions lie, which the engine applies. */
  readonly crds?: EmbeddedAsset;
  /** For a person. */
  readonly says: string;
}

/** What is not the real thing in every cluster of this engine. */
export const alwaysStandIns: readonly string[] = [
  'nodes and pods are simulated by KWOK: no container runs, and a pod whose image does not exist is Running',
  'volumes are simulated: a claim is bound at once, and holds nothing',
];

const standIns: readonly StandIn[] = [
  {
    component: 'external-secrets',
    crds: 'external-secrets-embedded-crds',
    says: `external-secrets runs as a process, version ${versions['external-secrets-embedded']} in place of ${versions['external-secrets']}, without its webhooks`,
  },
  {
    component: 'keda',
    crds: 'keda-crds',
    says: 'KEDA does not run: a ScaledObject is checked and kept, and scales nothing',
  },
  {
    component: 'metrics-server',
    says: 'metrics-server does not run: nothing measures simulated pods, and an autoscaler keeps to its bounds',
  },
];

/** The stand-ins of the components that an environment has. */
export function standInsOf(enabled: readonly string[]): readonly StandIn[] {
  return standIns.filter(({ component }) => enabled.includes(component));
}

/** The names of the CustomResourceDefinitions that each of them brings, by component. */
export async function crdsOf(
  some: readonly StandIn[],
  tools: EmbeddedTools,
): Promise<Record<string, readonly string[]>> {
  const found: Record<string, readonly string[]> = {};
  for (const { component, crds } of some)
    found[component] = crds === undefined ? [] : await crdNames(await tools.assets(crds));
  return found;
}

/**
 * The components whose stand-in the cluster has not got: switched on since it was last started.
 *
 * @param missingParts Of which processes may not run.
 */
export async function withoutStandIn(
  some: readonly StandIn[],
  tools: EmbeddedTools,
  kubectl: Kubectl,
  missingParts: readonly string[],
): Promise<string[]> {
  const lacking = some.map(({ component }) => component).filter((name) => missingParts.includes(name));
  for (const [component, crds] of Object.entries(await crdsOf(some, tools))) {
    if (crds.length === 0 || lacking.includes(component)) continue;
    const names = crds.map((name) => `customresourcedefinitions/${name}`);
    const found = await kubectl(['get', '--ignore-not-found', '--output=name', ...names]);
    if (found.split('\n').filter((line) => line !== '').length < names.length) lacking.push(component);
  }
  return lacking;
}
