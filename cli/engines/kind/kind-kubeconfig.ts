import { parse, stringify } from 'yaml';
import { PlatformError } from '../../errors/platform-error.ts';
import { writeFileAtomically } from '../../ports/files.ts';

interface KindKubeconfig {
  readonly clusters: readonly { readonly cluster: Readonly<Record<string, string>> }[];
  readonly users: readonly { readonly user: Readonly<Record<string, string>> }[];
}

/** The API server as the host reaches it. */
export interface ApiServer {
  /** `https://127.0.0.1:<port>`. */
  readonly server: string;
  /** The authority that signed its certificate, in PEM. */
  readonly authority: string;
}

/**
 * Writes what `kind get kubeconfig` printed as a kubeconfig (0600) whose one context has our name.
 *
 * @throws {PlatformError} ENGINE_FAILED when it is none.
 */
export async function writeKindKubeconfig(path: string, printed: string, name: string): Promise<ApiServer> {
  const { clusters, users } = parse(printed) as KindKubeconfig;
  const [cluster, user] = [clusters[0]?.cluster, users[0]?.user];
  const [server, authority] = [cluster?.['server'], cluster?.['certificate-authority-data']];
  if (!cluster || !user || server === undefined || authority === undefined) {
    throw new PlatformError(
      'ENGINE_FAILED',
      'kind gave a kubeconfig without a cluster and a user',
      `kind get kubeconfig --name ${name}`,
    );
  }
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster }],
    users: [{ name, user }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  };
  await writeFileAtomically(path, stringify(config, { lineWidth: 0 }), 0o600);
  return { server, authority: Buffer.from(authority, 'base64').toString() };
}
