import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterAccess } from '../engines/engine.ts';

/** What a user has before our context comes. */
export const users = `# my clusters
apiVersion: v1
kind: Config
clusters:
- cluster:
    server: https://work.example.test:6443 # the big one
  name: work
contexts:
- context:
    cluster: work
    user: me
  name: work
current-context: work
users:
- name: me
  user:
    token: "0123"
`;

/** The kubeconfig of an engine, of cluster acme-dev, in `state/dev` below a folder. */
export async function writeEngineKubeconfig(
  folder: string,
  authority: string,
  port = 20_001,
): Promise<ClusterAccess> {
  const name = 'acme-dev';
  await mkdir(join(folder, 'state/dev'), { recursive: true });
  const cluster = { server: `https://127.0.0.1:${String(port)}`, 'certificate-authority-data': authority };
  const config = {
    clusters: [{ name, cluster }],
    users: [{ name, user: { token: 'secret-token' } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  };
  await writeFile(join(folder, 'state/dev/kubeconfig'), JSON.stringify(config));
  return { kubeconfig: join(folder, 'state/dev/kubeconfig'), context: name };
}
