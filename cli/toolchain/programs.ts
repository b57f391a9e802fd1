import type { EngineName } from '../values/environment.ts';
import type { ImageLayout } from './fetch/image.ts';
import { flux, github, kubernetes } from './fetch/layouts.ts';
import type { ReleaseLayout } from './fetch/release.ts';
import type { SideModule } from './go.ts';
import { versions, type VersionKey } from './versions.ts';

/** An outside program that this repository pins and can build. */
export interface Program {
  readonly name: string;
  /** The pin in versions.json. */
  readonly version: string;
  /** The Go module that its version is the version of. */
  readonly module: string;
  /** The main package. Programs of one package are one file, which behaves by the name that it is started by. */
  readonly package: string;
  /** Where its project publishes it for download, and the official image that holds it: each may be absent. */
  readonly release?: ReleaseLayout | undefined;
  readonly image?: ImageLayout | undefined;
  /** What asks it for its version; absent where it has no such flag and only Go's build information tells. */
  readonly versionArgs?: readonly string[] | undefined;
  /** The engines that cannot do without it; empty for a program that the CLI itself uses on every engine. */
  readonly engines: readonly EngineName[];
  /** The component of the infrastructure that it is for: without that, no engine needs it. */
  readonly component?: string | undefined;
  /** The one command that needs it, and gets it when it runs: no engine does. */
  readonly command?: string | undefined;
  /** The Go module that pins it, where that is not the one of the others. */
  readonly side?: SideModule | undefined;
  /** What it does here, for `platform doctor`. */
  readonly use: string;
  /** Measured on linux-amd64, stripped. */
  readonly sizeMb: number;
  /** Measured on 2 cores, each built after the ones above it, which share its packages. */
  readonly buildSeconds: number;
}

type Entry = Omit<Program, 'version'> & { readonly versionKey: VersionKey };

const embedded = ['embedded'] as const;

/** Ours, of Kubernetes' packages: see its main.go. */
const controlPlane = 'platform.local/tools/control-plane';

const entries = [
  {
    name: 'etcd',
    versionKey: 'etcd',
    module: 'go.etcd.io/etcd/server/v3',
    package: 'go.etcd.io/etcd/server/v3',
    release: {
      ...github(
        'etcd-io/etcd@v{version}',
        'etcd-v{version}-{os}-{arch}.tar.gz',
        'SHA256SUMS',
        'etcd-v{version}-{os}-{arch}/etcd',
      ),
      systems: ['linux'], // a zip for macOS, where the API server has to be built anyway
    },
    versionArgs: ['--version'],
    engines: embedded,
    use: 'the data of the cluster',
    sizeMb: 27,
    buildSeconds: 50,
  },
  {
    name: 'kube-apiserver',
    versionKey: 'kubernetes',
    module: 'k8s.io/kubernetes',
    package: controlPlane,
    release: kubernetes('kube-apiserver', 'linux'),
    versionArgs: ['--version'],
    engines: embedded,
    use: 'the Kubernetes API',
    sizeMb: 107,
    buildSeconds: 189,
  },
  {
    name: 'kube-controller-manager',
    versionKey: 'kubernetes',
    module: 'k8s.io/kubernetes',
    package: controlPlane,
    release: kubernetes('kube-controller-manager', 'linux'),
    versionArgs: ['--version'],
    engines: embedded,
    use: 'makes pods of Deployments and Jobs',
    sizeMb: 96,
    buildSeconds: 51,
  },
  {
    name: 'kube-scheduler',
    versionKey: 'kubernetes',
    module: 'k8s.io/kubernetes',
    package: controlPlane,
    release: kubernetes('kube-scheduler', 'linux'),
    versionArgs: ['--version'],
    engines: embedded,
    use: 'places pods on nodes',
    sizeMb: 73,
    buildSeconds: 4,
  },
  {
    name: 'kubectl',
    versionKey: 'kubernetes',
    module: 'k8s.io/kubernetes',
    package: 'k8s.io/kubernetes/cmd/kubectl',
    release: kubernetes('kubectl', 'linux', 'darwin'),
    versionArgs: ['version', '--client'],
    engines: [],
    use: 'logs, and ways 1 and 2 to deploy',
    sizeMb: 60,
    buildSeconds: 19,
  },
  {
    name: 'kwok',
    versionKey: 'kwok',
    module: 'sigs.k8s.io/kwok',
    package: 'sigs.k8s.io/kwok/cmd/kwok',
    release: github('kubernetes-sigs/kwok@v{version}', 'kwok-{os}-{arch}'),
    image: { registry: 'registry.k8s.io', repository: 'kwok/kwok', tag: 'v{version}' },
    versionArgs: ['--version'],
    engines: embedded,
    use: 'simulates nodes and pods',
    sizeMb: 64,
    buildSeconds: 9,
  },
  {
    name: 'kind',
    versionKey: 'kind',
    module: 'sigs.k8s.io/kind',
    package: 'sigs.k8s.io/kind',
    release: github('kubernetes-sigs/kind@v{version}', 'kind-{os}-{arch}', 'kind-{os}-{arch}.sha256sum'),
    versionArgs: ['--version'],
    engines: ['kind'],
    use: 'makes clusters of Docker containers',
    sizeMb: 8,
    buildSeconds: 6,
  },
  {
    name: 'kustomize',
    versionKey: 'kustomize',
    module: 'sigs.k8s.io/kustomize/kustomize/v5',
    package: 'sigs.k8s.io/kustomize/kustomize/v5',
    release: github(
      'kubernetes-sigs/kustomize@kustomize/v{version}',
      'kustomize_v{version}_{os}_{arch}.tar.gz',
      'checksums.txt',
      'kustomize',
    ),
    versionArgs: ['version'],
    engines: [],
    use: 'builds the overlays',
    sizeMb: 13,
    buildSeconds: 2,
  },
  {
    name: 'source-controller',
    versionKey: 'source-controller',
    module: 'github.com/fluxcd/source-controller',
    package: 'github.com/fluxcd/source-controller',
    image: flux('source-controller'),
    engines: embedded,
    use: 'Flux: fetches git and charts',
    sizeMb: 101,
    buildSeconds: 104,
  },
  {
    name: 'kustomize-controller',
    versionKey: 'kustomize-controller',
    module: 'github.com/fluxcd/kustomize-controller',
    package: 'github.com/fluxcd/kustomize-controller',
    image: flux('kustomize-controller'),
    engines: embedded,
    use: 'Flux: applies overlays',
    sizeMb: 86,
    buildSeconds: 28,
  },
  {
    name: 'helm-controller',
    versionKey: 'helm-controller',
    module: 'github.com/fluxcd/helm-controller',
    package: 'github.com/fluxcd/helm-controller',
    image: flux('helm-controller'),
    engines: embedded,
    use: 'Flux: installs charts',
    sizeMb: 79,
    buildSeconds: 10,
  },
  {
    name: 'sops',
    versionKey: 'sops',
    module: 'github.com/getsops/sops/v3',
    package: 'github.com/getsops/sops/v3/cmd/sops',
    release: github(
      'getsops/sops@v{version}',
      'sops-v{version}.{os}.{arch}',
      'sops-v{version}.checksums.txt',
    ),
    versionArgs: ['--version', '--disable-version-check'],
    engines: [],
    use: 'encrypts secrets in git',
    sizeMb: 52,
    buildSeconds: 2,
  },
  {
    name: 'age-keygen',
    versionKey: 'age',
    module: 'filippo.io/age',
    package: 'filippo.io/age/cmd/age-keygen',
    release: github(
      'FiloSottile/age@v{version}',
      'age-v{version}-{os}-{arch}.tar.gz',
      undefined,
      'age/age-keygen',
    ),
    versionArgs: ['--version'],
    engines: [],
    use: 'makes the keys of an environment',
    sizeMb: 3,
    buildSeconds: 1,
  },
  {
    name: 'external-secrets',
    versionKey: 'external-secrets-embedded',
    module: 'github.com/external-secrets/external-secrets',
    package: 'github.com/external-secrets/external-secrets',
    side: 'external-secrets',
    image: {
      registry: 'ghcr.io',
      repository: 'external-secrets/external-secrets',
      tag: 'v{version}',
    },
    engines: embedded,
    component: 'external-secrets',
    use: 'makes Secrets of what a store holds',
    sizeMb: 182,
    buildSeconds: 275,
  },
  {
    name: 'k6',
    versionKey: 'k6',
    module: 'go.k6.io/k6',
    package: 'go.k6.io/k6',
    side: 'k6',
    release: {
      ...github(
        'grafana/k6@v{version}',
        'k6-v{version}-{os}-{arch}.tar.gz',
        'k6-v{version}-checksums.txt',
        'k6-v{version}-{os}-{arch}/k6',
      ),
      systems: ['linux'], // a zip for macOS
    },
    versionArgs: ['version'],
    engines: [],
    command: 'loadtest',
    use: 'sends the requests of a load test',
    sizeMb: 50,
    buildSeconds: 120,
  },
] as const satisfies readonly Entry[];

export type ProgramName = (typeof entries)[number]['name'];

/** All of them, in the order to build and to show them. */
export const programs: readonly Program[] = entries.map(({ versionKey, ...program }) => ({
  ...program,
  version: versions[versionKey],
}));
