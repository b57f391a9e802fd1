import { stringify } from 'yaml';
import { readText, writeFileAtomically } from '../../ports/files.ts';
import { type Identity, pkiFiles, readSecret } from './pki.ts';

/**
 * Writes a kubeconfig (0600) with one context: authority and token are embedded, so that it works from everywhere.
 *
 * @param pki  The folder of certificates and tokens.
 * @param name Of cluster, user and context alike.
 */
export async function writeKubeconfig(
  path: string,
  { pki, identity, name, port }: { pki: string; identity: Identity; name: string; port: number },
): Promise<void> {
  const files = pkiFiles(pki);
  const ca = Buffer.from(await readText(files.ca)).toString('base64');
  const token = await readSecret(files.token(identity));
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server: apiServerUrl(port), 'certificate-authority-data': ca } }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  };
  await writeFileAtomically(path, stringify(config, { lineWidth: 0 }), 0o600);
}

export function apiServerUrl(port: number): string {
  return `https://127.0.0.1:${String(port)}`;
}
