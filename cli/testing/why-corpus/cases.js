// The broken workloads of the why corpus that only a kubelet and controllers can judge: one namespace each, named like
// its case. `corpus.local/shell:1` is any image with a shell that was loaded into the nodes; a registry without images
// listens on the node's port 5000, and one that wants a password on 5001.

const shell = 'corpus.local/shell:1';

const pod = (container = {}, more = {}) => ({
  terminationGracePeriodSeconds: 0,
  containers: [{ name: 'app', image: shell, command: ['sleep', '3600'], ...container }],
  ...more,
});

const deployment = (spec, more = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec },
    ...more,
  },
});

const job = (command, more = {}) => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'fill' },
  spec: { backoffLimit: 0, ...more, template: { spec: { ...pod({ command }), restartPolicy: 'Never' } } },
});

const script = (text) => ['sh', '-c', text];
const keyOf = (reference, name) => ({
  env: [{ name: 'X', valueFrom: { [reference]: { name, key: 'url' } } }],
});
const settings = (kind, field) => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: 'settings' },
  [field]: { other: 'x' },
});
const claim = (storageClassName) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data' },
  spec: { storageClassName, accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
});
const http = (path) => ({ httpGet: { path, port: 8080 }, periodSeconds: 2, failureThreshold: 1 });
const onClaim = pod({}, { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] });
const tls = { volumes: [{ name: 'tls', secret: { secretName: 'tls' } }] };

/** Objects by case. */
export const cases = {
  'image-not-found': [deployment(pod({ image: 'localhost:5000/web:9' }))],
  'image-auth': [deployment(pod({ image: 'localhost:5001/web:9' }))],
  'image-no-registry': [deployment(pod({ image: 'registry.invalid/web:9' }))],
  'image-demo-not-loaded': [deployment(pod({ image: 'platform.local/trades:0.0.0-demo.1' }))],
  'image-never-pulled': [deployment(pod({ image: 'corpus.local/other:1', imagePullPolicy: 'Never' }))],
  'image-name-invalid': [deployment(pod({ image: 'Web:1' }))],
  'crash-exit-code': [deployment(pod({ command: script('echo no database; exit 3') }))],
  'crash-exit-zero': [deployment(pod({ command: script('exit 0') }))],
  'out-of-memory': [
    deployment(pod({ command: script('tail /dev/zero'), resources: { limits: { memory: '32Mi' } } })),
  ],
  'command-missing': [deployment(pod({ command: ['/nope'] }))],
  'init-fails': [
    deployment(pod({}, { initContainers: [{ name: 'migrate', image: shell, command: script('exit 4') }] })),
  ],
  'secret-missing': [deployment(pod(keyOf('secretKeyRef', 'database')))],
  'secret-key-missing': [
    settings('Secret', 'stringData'),
    deployment(pod(keyOf('secretKeyRef', 'settings'))),
  ],
  'configmap-missing': [deployment(pod({ envFrom: [{ configMapRef: { name: 'settings' } }] }))],
  'configmap-key-missing': [
    settings('ConfigMap', 'data'),
    deployment(pod(keyOf('configMapKeyRef', 'settings'))),
  ],
  'secret-volume-missing': [deployment(pod({ volumeMounts: [{ name: 'tls', mountPath: '/tls' }] }, tls))],
  'runs-as-root': [deployment(pod({ securityContext: { runAsNonRoot: true } }))],
  'readiness-refused': [deployment(pod({ readinessProbe: http('/ready') }))],
  'readiness-exec': [
    deployment(
      pod({ readinessProbe: { exec: { command: script('echo not yet; exit 1') }, periodSeconds: 2 } }),
    ),
  ],
  'liveness-kills': [deployment(pod({ livenessProbe: http('/live') }))],
  'unschedulable-cpu': [deployment(pod({ resources: { requests: { cpu: '500' } } }))],
  'unschedulable-memory': [deployment(pod({ resources: { requests: { memory: '9Ti' } } }))],
  'unschedulable-selector': [deployment(pod({}, { nodeSelector: { disk: 'ssd' } }))],
  'claim-missing': [deployment(onClaim)],
  'claim-unbound': [claim('nope'), deployment(onClaim)],
  'quota-exceeded': [
    {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'none' },
      spec: { hard: { pods: '0' } },
    },
    deployment(pod()),
  ],
  'limit-range': [
    {
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata: { name: 'small' },
      spec: { limits: [{ type: 'Container', max: { memory: '64Mi' } }] },
    },
    deployment(pod({ resources: { limits: { memory: '1Gi' } } })),
  ],
  'service-account-missing': [deployment(pod({}, { serviceAccountName: 'reader' }))],
  'pod-security': [deployment(pod({ securityContext: { privileged: true } }))],
  'webhook-away': [
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'corpus' },
      webhooks: [
        {
          name: 'pods.corpus.test',
          admissionReviewVersions: ['v1'],
          sideEffects: 'None',
          timeoutSeconds: 1,
          clientConfig: { service: { name: 'gone', namespace: 'webhook-away' } },
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'webhook-away' } },
          rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
        },
      ],
    },
    deployment(pod()),
  ],
  'rollout-stuck': [deployment(pod({ readinessProbe: http('/') }), { progressDeadlineSeconds: 5 })],
  'job-exit-code': [job(script('echo half done; exit 7'))],
  'job-too-late': [job(['sleep', '600'], { activeDeadlineSeconds: 3 })],
  // Last: the node is tainted before it is applied.
  'unschedulable-taint': [deployment(pod())],
};
