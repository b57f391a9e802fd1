import type { Hit } from '../finding.ts';
import type { Rule } from '../rule.ts';
import { containersOf, workloadOf, type Container, type PodSpec } from '../workload.ts';

/** What the pod allows that the profile `restricted` does not, as settings to make. */
function podFaults(spec: PodSpec): string[] {
  const host = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((key) => spec[key] === true);
  const paths = (spec.volumes ?? []).filter(({ hostPath }) => hostPath !== undefined);
  return [
    ...host.map((key) => `${key}: false`),
    ...paths.map(({ name = '' }) => `no hostPath in volume ${name}`),
  ];
}

function containerFaults(
  pod: PodSpec['securityContext'],
  { securityContext: own = {} }: Container,
): string[] {
  const faults: string[] = [];
  const { add = [], drop = [] } = own.capabilities ?? {};
  if ((own.runAsNonRoot ?? pod?.runAsNonRoot) !== true) faults.push('runAsNonRoot: true');
  if ((own.runAsUser ?? pod?.runAsUser) === 0) faults.push('runAsUser other than 0');
  if (own.privileged === true) faults.push('privileged: false');
  if (own.allowPrivilegeEscalation !== false) faults.push('allowPrivilegeEscalation: false');
  if (!drop.includes('ALL')) faults.push('capabilities.drop: [ALL]');
  if (add.some((name) => name !== 'NET_BIND_SERVICE'))
    faults.push('capabilities.add: at most NET_BIND_SERVICE');
  const seccomp = (own.seccompProfile ?? pod?.seccompProfile)?.type;
  if (seccomp !== 'RuntimeDefault' && seccomp !== 'Localhost')
    faults.push('seccompProfile.type: RuntimeDefault');
  return faults;
}

/** @see {@link https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted} */
export const podSecurity: Rule = {
  code: 'CONTAINER_NOT_RESTRICTED',
  severity: 'error',
  title: 'Every container keeps to the Pod Security Standard `restricted`.',
  why: 'A program that is taken over must not become root on its node; a namespace that enforces the standard refuses the pod.',
  check: ({ applied }) =>
    applied.flatMap(({ object, kustomization }): Hit[] => {
      const workload = workloadOf(object);
      if (workload === undefined) return [];
      const where = { object, kustomization };
      const pod = podFaults(workload.spec);
      const podHits = pod.map((fault): Hit => {
        return {
          message: 'its pods use what belongs to the node',
          hint: `set ${fault}`,
          ...where,
          path: workload.path,
        };
      });
      const containerHits = containersOf(workload).flatMap(({ container, path }): Hit[] => {
        const faults = containerFaults(workload.spec.securityContext, container);
        if (faults.length === 0) return [];
        const message = `container ${container.name ?? ''} is not restricted: it lacks ${faults.join('; ')}`;
        return [
          {
            message,
            hint: `set in its securityContext ${faults.join('; ')}`,
            ...where,
            path: [...path, 'securityContext'],
          },
        ];
      });
      return [...podHits, ...containerHits];
    }),
};
