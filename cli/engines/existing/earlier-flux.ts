import type { Kube, KubeObject } from '../../ports/kube.ts';
import { formatRef, refOf } from '../../ports/kube.ts';
import { withoutCredentials } from '../../publish/remote-address.ts';
import { fluxNamespace, gitRepositoryKind, kustomizationKind } from '../../reconcile/root-objects.ts';
import { compareVersions, versions } from '../../toolchain/versions.ts';
import { installedLabel, selfName } from '../flux/ownership.ts';

/** One reason why the platform cannot be put into a cluster, and what cures it. */
export interface Obstacle {
  readonly message: string;
  readonly hint: string;
}

/** What there is of Flux in a cluster before anything is applied. */
export interface EarlierFlux {
  /** `fresh`: none; `ours`: installed by this program; `adopt`: by somebody else, and can be taken over. */
  readonly kind: 'fresh' | 'ours' | 'adopt';
  /** Of its distribution: `2.9.5`; undefined where its objects do not tell. */
  readonly version?: string | undefined;
  readonly obstacles: readonly Obstacle[];
}

const deployments = { apiVersion: 'apps/v1', kind: 'Deployment' } as const;
const crdKind = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' } as const;
const owner = 'kustomize.toolkit.fluxcd.io';

/**
 * Looks for Flux in a cluster: adopted where nobody else would put it back, refused with the reason where somebody would.
 *
 * @param kubectl To begin the hints with.
 */
export async function findEarlierFlux(kube: Kube, kubectl: string): Promise<EarlierFlux> {
  const [controllers, roots, instances, crds] = await Promise.all([
    kube.list(deployments, { labelSelector: 'app.kubernetes.io/part-of=flux' }),
    Promise.all(
      [gitRepositoryKind, kustomizationKind].map(async (kind) =>
        kube.get({ ...kind, namespace: fluxNamespace, name: 'flux-system' }),
      ),
    ),
    kube.list({ apiVersion: 'fluxcd.controlplane.io/v1', kind: 'FluxInstance' }),
    kube.list(crdKind),
  ]);
  const here = controllers.filter(({ metadata }) => metadata.namespace === fluxNamespace);
  const elsewhere = controllers.filter(({ metadata }) => metadata.namespace !== fluxNamespace);
  const version = here
    .map(({ metadata }) => metadata.labels?.['app.kubernetes.io/version']?.replace(/^v/, ''))
    .find((label) => label !== undefined);
  const obstacles = [
    ...instances.map(({ metadata: { name, namespace = '' } }) => ({
      message: `flux-operator manages Flux here (FluxInstance/${namespace}/${name}) and would undo what this program applies`,
      hint: `Take Flux out of the operator's hands first: ${kubectl} delete fluxinstance ${name} --namespace ${namespace}`,
    })),
    ...roots
      .filter((root) => root !== undefined)
      .map((root) => ({
        message: `another GitOps repository manages Flux here: ${formatRef(refOf(root))}${urlOf(root)}, as \`flux bootstrap\` makes it`,
        hint: `Take Flux out of that repository, or use another cluster: ${kubectl} describe ${root.kind.toLowerCase()} flux-system --namespace ${fluxNamespace}`,
      })),
    ...elsewhere.map((controller) => ({
      message: `Flux runs in another namespace (${formatRef(refOf(controller))}): two of them would both reconcile everything`,
      hint: `Uninstall that one: flux uninstall --namespace=${controller.metadata.namespace ?? ''}`,
    })),
    ...foreignManagers([...here, ...crds.filter(isFluxCrd)], kubectl),
    ...(version !== undefined && compareVersions(version, versions.flux) > 0
      ? [
          {
            message: `Flux v${version} runs here, newer than v${versions.flux}, which versions.json pins`,
            hint: 'Update this repository to that version of Flux; it is not downgraded',
          },
        ]
      : []),
  ];
  const ours = here.some(({ metadata }) => metadata.labels?.[installedLabel] === 'platform');
  return { kind: here.length === 0 ? 'fresh' : ours ? 'ours' : 'adopt', version, obstacles };
}

function isFluxCrd({ metadata }: KubeObject): boolean {
  return metadata.name.endsWith('.toolkit.fluxcd.io');
}

function urlOf(root: KubeObject): string {
  const { url } = (root['spec'] ?? {}) as { url?: string };
  return url === undefined ? '' : ` (${withoutCredentials(url)})`;
}

/** One obstacle for each manager, whatever it manages. */
function foreignManagers(objects: readonly KubeObject[], kubectl: string): Obstacle[] {
  const found = new Map<string, { manager: Manager; objects: string[] }>();
  for (const object of objects) {
    const manager = managerOf(object, kubectl);
    if (!manager) continue;
    const entry = found.get(manager.name) ?? { manager, objects: [] };
    entry.objects.push(formatRef(refOf(object)));
    found.set(manager.name, entry);
  }
  return [...found.values()].map(({ manager: { name, hint }, objects: [first = '', ...more] }) => ({
    message: `${first}${more.length === 0 ? '' : ` and ${String(more.length)} more objects of Flux`} are managed by ${name}, which would undo what this program applies`,
    hint,
  }));
}

interface Manager {
  readonly name: string;
  readonly hint: string;
}

/** Helm, operators and Kustomizations say in labels and annotations that an object is theirs. */
function managerOf({ metadata }: KubeObject, kubectl: string): Manager | undefined {
  const { labels = {}, annotations = {} } = metadata;
  const release = annotations['meta.helm.sh/release-name'];
  if (release !== undefined || labels['app.kubernetes.io/managed-by'] === 'Helm') {
    const namespace = annotations['meta.helm.sh/release-namespace'] ?? fluxNamespace;
    const name = release ?? '<release>';
    return {
      name: `the Helm release ${namespace}/${name}`,
      hint: `If nobody needs that release: helm uninstall ${name} --namespace ${namespace}`,
    };
  }
  const by = labels[`${owner}/name`];
  const namespace = labels[`${owner}/namespace`] ?? '';
  if (by !== undefined && !(by === selfName && namespace === fluxNamespace)) {
    return {
      name: `Kustomization/${namespace}/${by} of another repository`,
      hint: `Take Flux out of that repository: ${kubectl} describe kustomization ${by} --namespace ${namespace}`,
    };
  }
  if (labels['olm.managed'] === 'true') {
    return {
      name: 'the Operator Lifecycle Manager',
      hint: `Remove its subscription first: ${kubectl} get subscriptions.operators.coreos.com --all-namespaces`,
    };
  }
  return undefined;
}
