/**
 * A stage for KWOK beside its own: a pod that its node was lost for is ready again once the node is back. Without KWOK's
 * heartbeats (it was frozen, or ended again and again) nodes are NotReady after 50 s, and the node-lifecycle controller takes
 * `Ready` from their pods. A kubelet would give it back; KWOK's own stage for it is only for pods that are Pending. A pod that
 * is not ready for a reason of its own has containers that are not ready, and is left alone.
 *
 * @see pkg/controller/util/node MarkPodsNotReady of Kubernetes v1.36, kustomize/stage/pod/fast of KWOK v0.8
 */
export const podBackStage = {
  apiVersion: 'kwok.x-k8s.io/v1alpha1',
  kind: 'Stage',
  metadata: { name: 'pod-back' },
  spec: {
    resourceRef: { apiGroup: 'v1', kind: 'Pod' },
    selector: {
      matchExpressions: [
        { key: '.metadata.deletionTimestamp', operator: 'DoesNotExist' },
        { key: '.status.phase', operator: 'In', values: ['Running'] },
        { key: statusOf('ContainersReady'), operator: 'In', values: ['True'] },
        { key: statusOf('Ready'), operator: 'In', values: ['False'] },
      ],
    },
    next: {
      statusTemplate: [
        'conditions:',
        '- lastTransitionTime: {{ Now | Quote }}',
        '  status: "True"',
        '  type: Ready',
        '',
      ].join('\n'),
    },
  },
} as const;

function statusOf(condition: string): string {
  return `.status.conditions.[] | select( .type == "${condition}" ) | .status`;
}
