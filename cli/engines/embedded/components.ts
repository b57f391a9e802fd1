import { join } from 'node:path';
import type { Ports } from './cluster-record.ts';
import { apiServerUrl } from './kubeconfig-file.ts';
import { type Identity, type PkiFiles } from './pki.ts';
import type { StateDirectory } from '../state-directory.ts';
import type { Probe } from '../supervisor/plan.ts';

/** What the arguments of the parts are made from. */
export interface ComponentContext {
  readonly directory: StateDirectory;
  readonly ports: Ports;
  /** Absolute paths by program name. */
  readonly programs: Readonly<Record<string, string>>;
  /** Files with KWOK's Stage objects: absolute. */
  readonly stages: readonly string[];
  /** Names of the CustomResourceDefinitions that Flux's controllers need. */
  readonly fluxCrds: readonly string[];
  /** The same of components of the infrastructure, by component: those that the environment has. */
  readonly componentCrds: Readonly<Record<string, readonly string[]>>;
  /** Folders of PATH. */
  readonly path: readonly string[];
  /** Proxies and their like, for what fetches from outside. */
  readonly outbound: Readonly<Record<string, string>>;
}

/** One part of the cluster; its program has the same name. */
interface Component {
  readonly name: string;
  readonly after: readonly string[];
  readonly args: (context: ComponentContext, pki: PkiFiles) => readonly string[];
  readonly env?: (context: ComponentContext) => Readonly<Record<string, string>>;
  readonly ready: (context: ComponentContext, pki: PkiFiles) => Probe;
  /** The component of the infrastructure whose controller it is; it starts only while that one's CRDs are served. */
  readonly of?: string;
  /** Starts only while Flux's CRDs are served, so that a cluster without Flux is a healthy one. */
  readonly needsFluxCrds?: true;
  /** Path of the objects without which it has nothing to do, and is not started: most clusters of one machine are short of memory. */
  readonly onlyFor?: string;
}

const host = '127.0.0.1';
const https = (port: number, path: string): string => `https://${host}:${String(port)}${path}`;
const http = (port: number, path: string): string => `http://${host}:${String(port)}${path}`;

/** Where the kubeconfig of a part lies; written by {@link writeKubeconfig} before the part is started. */
export function partKubeconfig({ pki }: StateDirectory, identity: Identity): string {
  return join(pki, `${identity}.kubeconfig`);
}

/** The parts, in the order of start. Flags are of the versions in versions.json; everything listens on loopback only. */
export const components: readonly Component[] = [
  {
    name: 'etcd',
    after: [],
    args: ({ directory, ports }, pki) => {
      const { certFile, keyFile } = pki.certificate('etcd');
      return [
        '--name=default',
        `--data-dir=${directory.etcd}`,
        `--listen-client-urls=${https(ports.etcd, '')}`,
        `--advertise-client-urls=${https(ports.etcd, '')}`,
        `--listen-peer-urls=${https(ports.etcdPeer, '')}`,
        `--initial-advertise-peer-urls=${https(ports.etcdPeer, '')}`,
        `--initial-cluster=default=${https(ports.etcdPeer, '')}`,
        '--client-cert-auth',
        `--trusted-ca-file=${pki.ca}`,
        `--cert-file=${certFile}`,
        `--key-file=${keyFile}`,
        '--peer-client-cert-auth',
        `--peer-trusted-ca-file=${pki.ca}`,
        `--peer-cert-file=${certFile}`,
        `--peer-key-file=${keyFile}`,
        '--heartbeat-interval=50', // a single member elects itself after the time-out: by default, a second of waiting
        '--election-timeout=250',
        '--snapshot-count=1000', // by default the last 15,000 writes stay in memory, for members that there are none of
        '--snapshot-catchup-entries=100',
        '--log-level=warn',
      ];
    },
    ready: ({ ports }, pki) => ({
      url: https(ports.etcd, '/readyz'),
      caFile: pki.ca,
      clientCertificate: pki.certificate('etcd-client'),
    }),
  },
  {
    name: 'kube-apiserver',
    after: ['etcd'],
    args: ({ ports }, pki) => [
      `--bind-address=${host}`,
      `--advertise-address=${host}`, // its default is the machine's network address: absent when offline
      '--endpoint-reconciler-type=none', // and loopback is none that it may publish
      `--secure-port=${String(ports.apiserver)}`,
      `--tls-cert-file=${pki.certificate('kube-apiserver').certFile}`,
      `--tls-private-key-file=${pki.certificate('kube-apiserver').keyFile}`,
      `--etcd-servers=${https(ports.etcd, '')}`,
      `--etcd-cafile=${pki.ca}`,
      `--etcd-certfile=${pki.certificate('etcd-client').certFile}`,
      `--etcd-keyfile=${pki.certificate('etcd-client').keyFile}`,
      `--token-auth-file=${pki.tokens}`,
      '--anonymous-auth=false',
      '--authorization-mode=RBAC',
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${pki.serviceAccountPublicKey}`,
      `--service-account-signing-key-file=${pki.serviceAccountKey}`,
      '--service-cluster-ip-range=10.96.0.0/16',
      '--disable-admission-plugins=ServiceAccount', // simulated pods use no token
      '--allow-privileged=true', // Pod Security decides, as on kind
      '--profiling=false',
    ],
    env: () => ({ GOGC: '35' }), // half of all that is no file is its heap
    ready: (context, pki) => apiServerProbe(context, pki, '/readyz'),
  },
  {
    name: 'kube-controller-manager',
    after: ['kube-apiserver'],
    args: ({ directory, ports }, pki) => [
      `--kubeconfig=${partKubeconfig(directory, 'kube-controller-manager')}`,
      `--bind-address=${host}`,
      `--secure-port=${String(ports.controllerManager)}`,
      `--tls-cert-file=${pki.certificate('kube-controller-manager').certFile}`,
      `--tls-private-key-file=${pki.certificate('kube-controller-manager').keyFile}`,
      '--leader-elect=false',
      '--use-service-account-credentials',
      `--service-account-private-key-file=${pki.serviceAccountKey}`,
      `--root-ca-file=${pki.ca}`,
      '--profiling=false',
    ],
    ready: ({ ports }, pki) => ({ url: https(ports.controllerManager, '/healthz'), caFile: pki.ca }),
  },
  {
    name: 'kube-scheduler',
    after: ['kube-apiserver'],
    args: ({ directory, ports }, pki) => [
      `--kubeconfig=${partKubeconfig(directory, 'kube-scheduler')}`,
      `--bind-address=${host}`,
      `--secure-port=${String(ports.scheduler)}`,
      `--tls-cert-file=${pki.certificate('kube-scheduler').certFile}`,
      `--tls-private-key-file=${pki.certificate('kube-scheduler').keyFile}`,
      '--leader-elect=false',
      '--profiling=false',
    ],
    ready: ({ ports }, pki) => ({ url: https(ports.scheduler, '/healthz'), caFile: pki.ca }),
  },
  {
    name: 'kwok',
    after: ['kube-apiserver'],
    args: ({ directory, ports, stages }) => [
      `--kubeconfig=${partKubeconfig(directory, 'kwok')}`,
      '--manage-all-nodes=true',
      '--node-lease-duration-seconds=8', // after a restart, kwok waits for its own lease of before to run out: pods stay Pending so long
      `--server-address=${host}:${String(ports.kwok)}`,
      ...stages.map((stage) => `--config=${stage}`),
    ],
    ready: ({ ports }) => ({ url: http(ports.kwok, '/readyz') }),
  },
  {
    name: 'source-controller',
    after: ['kube-apiserver'],
    needsFluxCrds: true,
    args: ({ directory, ports }) => [
      ...fluxArgs(ports.sourceHealth),
      '--concurrent=4',
      `--storage-path=${directory.artifacts}`,
      `--storage-addr=${host}:${String(ports.sourceArtifacts)}`,
      `--storage-adv-addr=${host}:${String(ports.sourceArtifacts)}`, // goes into every artifact's URL
    ],
    env: (context) => ({ ...fluxEnvironment(context), ...context.outbound }),
    ready: ({ ports }) => ({ url: http(ports.sourceHealth, '/readyz') }),
  },
  {
    name: 'kustomize-controller',
    after: ['kube-apiserver'],
    needsFluxCrds: true,
    args: ({ ports }) => [...fluxArgs(ports.kustomizeHealth), ...quickRetries],
    env: fluxEnvironment,
    ready: ({ ports }) => ({ url: http(ports.kustomizeHealth, '/readyz') }),
  },
  {
    name: 'helm-controller',
    after: ['kube-apiserver'],
    needsFluxCrds: true,
    onlyFor: '/apis/helm.toolkit.fluxcd.io/v2/helmreleases',
    args: ({ ports }) => [...fluxArgs(ports.helmHealth), ...quickRetries, '--graceful-shutdown-timeout=5s'],
    env: fluxEnvironment,
    ready: ({ ports }) => ({ url: http(ports.helmHealth, '/readyz') }),
  },
  {
    name: 'external-secrets',
    after: ['kube-apiserver'],
    of: 'external-secrets',
    args: ({ ports }) => [
      `--metrics-addr=${host}:${String(ports.externalSecrets)}`,
      '--enable-leader-election=false',
      '--store-requeue-interval=30s', // how long a store that was down and is back goes unnoticed
      '--concurrent=2',
    ],
    // As Flux: rights of its own would need a token that older clusters have not.
    env: (context) => ({ KUBECONFIG: partKubeconfig(context.directory, 'flux'), ...context.outbound }),
    ready: ({ ports }) => ({ url: http(ports.externalSecrets, '/metrics') }), // it has no probe of its own
  },
];

/** The parts of a cluster whose environment has these components of the infrastructure. */
export function partsWith(enabled: readonly string[]): readonly Component[] {
  return components.filter((part) => part.of === undefined || enabled.includes(part.of));
}

const quickRetries = [
  '--concurrent=4',
  '--requeue-dependency=1s', // how long a dependsOn hop takes at most; the default of 30 s adds up along a chain
  '--feature-gates=CancelHealthCheckOnNewRevision=true', // a failed health check must not block its fix
];

function fluxArgs(healthPort: number): string[] {
  return [
    '--events-addr=', // there is no notification-controller
    '--watch-all-namespaces=true',
    '--enable-leader-election=false',
    '--metrics-addr=0', // serves none
    `--health-addr=${host}:${String(healthPort)}`,
    '--log-level=info',
  ];
}

/** Flux's controllers have no --kubeconfig. */
function fluxEnvironment({ directory }: ComponentContext): Record<string, string> {
  return { KUBECONFIG: partKubeconfig(directory, 'flux'), RUNTIME_NAMESPACE: 'flux-system' };
}

/** A question to the API server, asked as the supervisor. */
export function apiServerProbe(
  { ports }: Pick<ComponentContext, 'ports'>,
  pki: PkiFiles,
  path: string,
): Probe {
  return {
    url: `${apiServerUrl(ports.apiserver)}${path}`,
    caFile: pki.ca,
    tokenFile: pki.token('supervisor'),
  };
}
