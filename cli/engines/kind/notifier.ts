import { join } from 'node:path';
import { PlatformError } from '../../errors/platform-error.ts';
import { readText, writeFileAtomically } from '../../ports/files.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Kube, KubeObject } from '../../ports/kube.ts';
import { fluxNamespace as namespace, rootName as gitRepository } from '../../reconcile/root-objects.ts';
import type { SupervisorPlan } from '../supervisor/plan.ts';
import { fluxNamespaceObject } from '../flux/ownership.ts';
import type { ApiServer } from './kind-kubeconfig.ts';

const name = 'platform-notifier';

/** How long the token controller may take to fill the Secret in, and how often to look, in milliseconds. */
const tokenMs = 30_000;
const pollMs = 200;

/**
 * Who asks Flux to fetch the repository when somebody has pushed: an account that may change that one GitRepository
 * and nothing else, with a token that lasts as long as the cluster.
 */
function objects(): KubeObject[] {
  const metadata = { name, namespace };
  const rbac = 'rbac.authorization.k8s.io';
  return [
    fluxNamespaceObject,
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata, automountServiceAccountToken: false },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'Role',
      metadata,
      rules: [
        {
          apiGroups: ['source.toolkit.fluxcd.io'],
          resources: ['gitrepositories'],
          resourceNames: [gitRepository],
          verbs: ['patch'],
        },
      ],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: rbac, kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { ...metadata, annotations: { 'kubernetes.io/service-account.name': name } },
      type: 'kubernetes.io/service-account-token',
    },
  ];
}

/**
 * Puts the notifier's account into the cluster, and its token into a file (0600) where it differs.
 *
 * @param folder Receives authority and token: absolute, private.
 * @throws {PlatformError} ENGINE_FAILED when the cluster gives no token within 30 s.
 */
export async function prepareNotifier(
  kube: Kube,
  clock: Clock,
  { server, authority }: ApiServer,
  folder: string,
): Promise<SupervisorPlan['notify']> {
  for (const object of objects()) await kube.apply(object);
  const caFile = join(folder, 'ca.crt');
  const tokenFile = join(folder, 'notifier.token');
  const token = await readToken(kube, clock);
  if ((await readText(tokenFile).catch(() => '')) !== token)
    await writeFileAtomically(tokenFile, token, 0o600);
  await writeFileAtomically(caFile, authority, 0o600);
  return {
    url: `${server}/apis/source.toolkit.fluxcd.io/v1/namespaces/${namespace}/gitrepositories/${gitRepository}`,
    caFile,
    tokenFile,
  };
}

async function readToken(kube: Kube, clock: Clock): Promise<string> {
  const deadline = clock.elapsed() + tokenMs;
  for (;;) {
    const secret = await kube.get({ apiVersion: 'v1', kind: 'Secret', namespace, name });
    const token = (secret?.['data'] as { token?: string } | undefined)?.token;
    if (token !== undefined) return Buffer.from(token, 'base64').toString();
    if (clock.elapsed() >= deadline) {
      throw new PlatformError(
        'ENGINE_FAILED',
        `the cluster gave no token for the ServiceAccount ${name} within ${String(tokenMs / 1000)} s: its controller manager does not work`,
        'kubectl --namespace kube-system get pods',
      );
    }
    await clock.sleep(pollMs);
  }
}
