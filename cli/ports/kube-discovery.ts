import { PlatformError } from '../errors/platform-error.ts';
import type { KubeEndpoint } from './kube-config.ts';
import { messageOf, sendToKube } from './kube-http.ts';
import type { KindRef, KnownKind, ObjectRef } from './kube.ts';

interface Resource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

export interface Discovery {
  /**
   * The path of an object, or of a list where the name is empty, with all namespaces where none is given.
   *
   * @returns undefined when the server does not know the kind. Only known kinds are remembered: a CRD may come.
   */
  pathOf(ref: ObjectRef, signal: AbortSignal): Promise<string | undefined>;
}

export function createDiscovery(endpoint: KubeEndpoint): Discovery {
  const known = new Map<string, Promise<readonly Resource[]>>();

  const resources = async (apiVersion: string, signal: AbortSignal): Promise<readonly Resource[]> => {
    let answer = known.get(apiVersion);
    if (answer === undefined) {
      answer = ask(endpoint, apiVersion, signal);
      known.set(apiVersion, answer);
      answer.catch(() => known.delete(apiVersion)); // the caller gets the error; the next call asks again
    }
    return answer;
  };

  return {
    async pathOf(ref, signal) {
      const remembered = known.has(ref.apiVersion);
      let found = (await resources(ref.apiVersion, signal)).find(({ kind }) => kind === ref.kind);
      if (!found && remembered) {
        known.delete(ref.apiVersion);
        found = (await resources(ref.apiVersion, signal)).find(({ kind }) => kind === ref.kind);
      }
      if (!found) return undefined;
      const namespace = ref.namespace ?? '';
      return [
        rootOf(ref.apiVersion),
        ...(found.namespaced && (namespace !== '' || ref.name !== '')
          ? ['namespaces', namespace || 'default']
          : []),
        found.name,
        ...(ref.name === '' ? [] : [encodeURIComponent(ref.name)]),
      ].join('/');
    },
  };
}

/** The path of all objects of a kind; of one namespace, where that is given. */
export function listPath({ apiVersion, plural }: KnownKind, namespace = ''): string {
  const within = namespace === '' ? [] : ['namespaces', namespace];
  return [rootOf(apiVersion), ...within, plural].join('/');
}

function rootOf(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

async function ask(
  endpoint: KubeEndpoint,
  apiVersion: string,
  signal: AbortSignal,
): Promise<readonly Resource[]> {
  const { status, body } = await sendToKube(endpoint, { method: 'GET', path: rootOf(apiVersion), signal });
  if (status === 404) return [];
  if (status >= 400) {
    throw new PlatformError(
      'KUBE_REJECTED',
      `the kinds of ${apiVersion} cannot be read, the server answers ${status}: ${messageOf(body)}`,
      `${endpoint.kubectl} auth whoami`,
    );
  }
  // Names with a slash are subresources, such as pods/log.
  return ((body['resources'] ?? []) as Resource[]).filter(({ name }) => !name.includes('/'));
}

/** One answer for all groups, instead of one request a group. Kubernetes 1.30 and later. */
const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

interface GroupDiscovery {
  readonly metadata: { readonly name?: string };
  readonly versions: readonly {
    readonly version: string;
    readonly resources?: readonly {
      readonly responseKind?: { readonly kind: string };
      readonly verbs: readonly string[];
    }[];
  }[];
}

/**
 * Every kind that can be listed, in the version that the server prefers for it.
 *
 * @throws {PlatformError} CLUSTER_UNREACHABLE, KUBE_REJECTED.
 * @see {@link https://kubernetes.io/docs/concepts/overview/kubernetes-api/#aggregated-discovery}
 */
export async function listableKinds(endpoint: KubeEndpoint, signal: AbortSignal): Promise<KindRef[]> {
  const found = new Map<string, KindRef>();
  for (const path of ['/api', '/apis']) {
    const answer = await sendToKube(endpoint, { method: 'GET', path, accept: aggregated, signal });
    if (answer.status >= 400) {
      throw new PlatformError(
        'KUBE_REJECTED',
        `the kinds of this cluster cannot be read, the server answers ${answer.status}: ${messageOf(answer.body)}`,
        `${endpoint.kubectl} auth whoami`,
      );
    }
    for (const { metadata, versions } of (answer.body['items'] ?? []) as GroupDiscovery[]) {
      const group = metadata.name ?? '';
      for (const { version, resources = [] } of versions) {
        for (const { responseKind, verbs } of resources) {
          const key = `${group}/${responseKind?.kind ?? ''}`;
          if (!responseKind || !verbs.includes('list') || found.has(key)) continue;
          found.set(key, {
            apiVersion: group === '' ? version : `${group}/${version}`,
            kind: responseKind.kind,
          });
        }
      }
    }
  }
  return [...found.values()];
}
