import type { KubeObject } from '../ports/kube.ts';
import type { GitAccess, GitCredentials } from '../publish/git-credentials.ts';
import { notApplied } from './not-applied.ts';

export const fluxNamespace = 'flux-system';
/** The name of the source and of the root Kustomization; every rendered Kustomization refers to this source. */
export const rootName = 'platform';

export const gitRepositoryKind = {
  apiVersion: 'source.toolkit.fluxcd.io/v1',
  kind: 'GitRepository',
} as const;
export const kustomizationKind = {
  apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
  kind: 'Kustomization',
} as const;

/** What the root of a cluster is made from. It never lies in git: it may hold this machine's address. */
export interface RootSpec {
  readonly environment: string;
  readonly source: GitAccess;
  readonly branch: string;
  /** Hold the cluster at this commit instead of following the branch. */
  readonly commit?: string | undefined;
  /** How often Flux looks by itself, as a Go duration; pushes do not wait for it. */
  readonly interval: string;
  readonly retryInterval: string;
  /** An environment of an existing cluster that is tried on this machine: there, bootstrap alone decides on Flux. */
  readonly rehearsal?: boolean | undefined;
  /** The components that are another thing on this engine than git says. */
  readonly adapted?: readonly AdaptedComponent[] | undefined;
}

/**
 * A component of which infrastructure/controllers/<name> has a folder for one engine: `embedded`, applied instead of the overlay, or
 * `kind`, a kustomize Component that is laid over it. One tree in git serves all engines, so the root says which.
 */
export interface AdaptedComponent {
  readonly name: string;
  readonly engine: 'embedded' | 'kind';
}

/** Source, its credentials, and the Kustomization that brings all others; in the order in which to apply them. */
export function rootObjects(spec: RootSpec): KubeObject[] {
  const metadata = { name: rootName, namespace: fluxNamespace };
  return [
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: `${rootName}-git`, namespace: fluxNamespace },
      type: 'Opaque',
      data: secretData(spec.source.credentials),
    },
    {
      ...gitRepositoryKind,
      metadata,
      spec: {
        interval: '1m',
        // A repository on this machine answers at once, or is dead; one elsewhere may be far away.
        timeout: spec.source.url.startsWith('http:') ? '20s' : '60s',
        url: spec.source.url,
        ignore: notApplied.map((name) => `/${name}\n`).join(''),
        ref: { branch: spec.branch, ...(spec.commit === undefined ? {} : { commit: spec.commit }) },
        // What the last push asked for (see checked-out.ts) may not be in this commit, which Flux would refuse.
        ...(spec.commit === undefined ? {} : { sparseCheckout: [] }),
        secretRef: { name: `${rootName}-git` },
      },
    },
    {
      ...kustomizationKind,
      metadata,
      spec: {
        interval: spec.interval,
        retryInterval: spec.retryInterval,
        timeout: '1m',
        path: `./clusters/${spec.environment}/flux`,
        prune: true,
        sourceRef: { kind: gitRepositoryKind.kind, name: rootName },
        ...patchesOf(spec),
      },
    },
  ];
}

function patchesOf({ rehearsal, adapted = [] }: RootSpec): object {
  const patches = [...(rehearsal === true ? withoutFluxItself : []), ...adapted.map(adapt)];
  return patches.length === 0 ? {} : { patches };
}

function adapt({ name, engine }: AdaptedComponent): object {
  const change =
    engine === 'embedded'
      ? { op: 'replace', path: '/spec/path', value: `./infrastructure/controllers/${name}/embedded` }
      : { op: 'add', path: '/spec/components', value: [`../../${engine}`] };
  return { target: { kind: kustomizationKind.kind, name }, patch: JSON.stringify([change]) };
}

/** What templates/clusters/flux-existing gives is left out, and what needs the controllers that come with it. */
const withoutFluxItself = [
  { apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'OCIRepository', name: 'flux-manifests' },
  { ...kustomizationKind, name: 'flux' },
  { ...kustomizationKind, name: 'image-automation' },
].map(({ apiVersion, kind, name }) => ({
  target: { kind, name },
  patch: `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: ${name} }\n$patch: delete\n`,
}));

/**
 * The keys under which source-controller looks.
 *
 * @see {@link https://fluxcd.io/flux/components/source/gitrepositories/#secret-reference}
 */
function secretData(credentials: GitCredentials): Record<string, string> {
  if (credentials.kind === 'ssh') {
    const { identity, publicKey, knownHosts } = credentials;
    return {
      identity: base64(identity),
      'identity.pub': base64(`${publicKey}\n`),
      known_hosts: base64(knownHosts),
    };
  }
  const { username, password, ca } = credentials;
  return {
    username: base64(username),
    password: base64(password),
    ...(ca === undefined ? {} : { 'ca.crt': base64(ca) }),
  };
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

/** The commit in a Flux revision (`main@sha1:…` or `sha1:…`); undefined where there is none. */
export function commitOf(revision: string | undefined): string | undefined {
  return /sha1:([0-9a-f]{40})$/.exec(revision ?? '')?.[1];
}
