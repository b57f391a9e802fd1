import { deployment, job, waits, webhook, type LiveCase } from './case.ts';

const described = (kind: string, name: string): string => `kubectl describe -n ${name} ${kind} web`;
const claim = (storageClassName: string): object => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data' },
  spec: { storageClassName, accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
});
const onClaim = { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] };

/** What Kubernetes' own controllers and its scheduler refuse. */
export const workloadCases: readonly LiveCase[] = [
  {
    name: 'quota',
    objects: [
      { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'none' }, spec: { hard: { pods: '0' } } },
      deployment(),
    ],
    spec: waits,
    rule: 'quota',
    culprit: 'ReplicaSet/quota/web',
    says: "the namespace's quota refuses its pods (none, requested: pods=1, used: pods=0, limited: pods=0)",
    next: 'kubectl describe resourcequota -n quota',
  },
  {
    name: 'limits',
    objects: [
      {
        apiVersion: 'v1',
        kind: 'LimitRange',
        metadata: { name: 'small' },
        spec: { limits: [{ type: 'Container', max: { memory: '64Mi' } }] },
      },
      deployment({}, { resources: { limits: { memory: '1Gi' } } }),
    ],
    spec: waits,
    rule: 'limit-range',
    culprit: 'ReplicaSet/limits/web',
    says: /^the namespace's limits refuse its pods \(maximum memory usage per Container is 64Mi/,
    next: 'kubectl describe limitrange -n limits',
  },
  {
    name: 'pod-security',
    objects: [
      {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: 'pod-security', labels: { 'pod-security.kubernetes.io/enforce': 'baseline' } },
      },
      deployment({}, { securityContext: { privileged: true } }),
    ],
    spec: waits,
    rule: 'pod-security',
    culprit: 'ReplicaSet/pod-security/web',
    says: /^pod security refuses its pods \("baseline:latest": privileged/,
    next: "Correct the pod's securityContext in the app's base: platform validate names the fields",
  },
  {
    name: 'webhook-refuses-pods',
    objects: [webhook('webhook-refuses-pods', 'pods')],
    later: [webhook('webhook-refuses-pods', 'pods'), deployment()],
    spec: waits,
    rule: 'webhook',
    culprit: 'ReplicaSet/webhook-refuses-pods/web',
    says: /^an admission webhook refuses its pods \("pods\.example\.test": /,
    next: 'kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations',
  },
  {
    name: 'too-large',
    objects: [deployment({}, { resources: { requests: { cpu: '5000' } } })],
    spec: waits,
    rule: 'unschedulable',
    culprit: 'Pod/too-large/web',
    says: /^no node takes it, "0\/\d+ nodes are available: .*Insufficient cpu/,
    next: "Ask for less in the environment's values, or give it more nodes: kubectl describe nodes",
  },
  {
    name: 'claim-missing',
    objects: [deployment(onClaim)],
    spec: waits,
    rule: 'missing',
    culprit: 'PersistentVolumeClaim/claim-missing/data',
    says: 'not in the cluster',
    next: 'kubectl get -n claim-missing persistentvolumeclaim data',
  },
  {
    name: 'claim-unbound',
    objects: [claim('nope'), deployment(onClaim)],
    spec: waits,
    asked: 'Deployment/claim-unbound/web',
    rule: 'claim-unbound',
    culprit: 'PersistentVolumeClaim/claim-unbound/data',
    says: 'has no volume: storageclass.storage.k8s.io "nope" not found',
    next: 'Correct its storageClassName (nope): kubectl get storageclasses',
  },
  {
    name: 'paused',
    objects: [deployment({}, {}, { paused: true })],
    asked: 'Deployment/paused/web',
    rule: 'rollout-paused',
    culprit: 'Deployment/paused/web',
    says: 'its rollout is paused',
    next: 'kubectl rollout resume -n paused deployment/web',
  },
  {
    name: 'rollout-stuck',
    objects: [deployment({ nodeSelector: { disk: 'ssd' } }, {}, { progressDeadlineSeconds: 1 })],
    asked: 'Deployment/rollout-stuck/web',
    rule: 'unschedulable',
    culprit: 'Pod/rollout-stuck/web',
    says: /^no node takes it/,
    next: 'Label a node, or correct nodeSelector in the base: kubectl get nodes --show-labels',
  },
  {
    name: 'job-too-late',
    objects: [job({ activeDeadlineSeconds: 1, backoffLimit: 0 }, { nodeSelector: { disk: 'ssd' } })],
    spec: waits,
    rule: 'job-failed',
    culprit: 'Job/job-too-late/fill',
    says: 'failed (DeadlineExceeded: Job was active longer than specified deadline)',
    next: 'kubectl describe -n job-too-late job/fill',
  },
  {
    name: 'no-room-to-move',
    objects: [deployment({ topologySpreadConstraints: [spread()] }, {}, { replicas: 1 })],
    spec: waits,
    rule: 'unschedulable',
    culprit: 'Pod/no-room-to-move/web',
    says: /^no node takes it, "0\/\d+ nodes are available: .*topology spread constraints/,
    next: described('pod', 'no-room-to-move'),
  },
];

/** By a label that no node has. */
function spread(): object {
  return {
    maxSkew: 1,
    topologyKey: 'example.test/rack',
    whenUnsatisfiable: 'DoNotSchedule',
    labelSelector: { matchLabels: { app: 'web' } },
  };
}
