import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { BorrowedCluster } from './borrowed-cluster.ts';
import { versions } from '../toolchain/versions.ts';
import { officialManifests, startArtifactRegistry, type ArtifactRegistry } from './flux-artifact.ts';
import type { Machine } from './e2e-machine.ts';
import { hostedMachine, newToken, type HostedMachine } from './hosted-machine.ts';

/** A person's machine whose environment `stage` is for a cluster that is there already, and follows a git host. */
export interface ExistingMachine extends HostedMachine {
  /** Holds Flux's official artifact at the pin. */
  readonly registry: ArtifactRegistry;
  readonly artifact: string;
  /** That opens the git host. */
  readonly token: string;
}

/**
 * @param address Of this machine, by which the cluster reaches it. The registry itself listens on 127.0.0.1.
 */
export async function existingMachine(address = '127.0.0.1'): Promise<ExistingMachine> {
  const hosted = await hostedMachine(address);
  const { machine, https } = hosted;
  const token = newToken();
  hosted.acceptToken(token);
  await machine.write('git-ca.pem', https.ca);
  const registry = await startArtifactRegistry(machine.folder);
  const artifact = 'fluxcd/flux-manifests';
  await registry.push(
    artifact,
    `v${versions.flux}`,
    await officialManifests(join(machine.folder, 'official')),
  );
  await machine.edit(
    'clusters/stage/values.yaml',
    '  backfill:\n    image: { tag: 0.1.0 }\n    lastDays: 30\n',
    '  backfill: { enabled: false }\n',
  );
  const [, port = ''] = registry.host.split(':');
  const manifests = { url: `oci://${address}:${port}/${artifact}`, insecure: true };
  await machine.edit(
    'clusters/stage/values.yaml',
    'sizing: small\n',
    `sizing: small\n${stringify({ flux: { manifests } })}`,
  );
  const rendered = await machine.platform('render', 'stage');
  if (rendered.exitCode !== 0) throw new Error(rendered.stderr);
  await hosted.follow(`remote: ${https.url('shop.git')}`, 'username: ada', 'caFile: git-ca.pem');
  machine.git('remote', 'set-url', 'origin', https.url('shop.git'));
  await hosted.gitOverNetwork('push', '--quiet', 'origin', 'HEAD:main');
  return {
    ...hosted,
    registry,
    artifact,
    token,
    dispose: async () => {
      registry.stop();
      return hosted.dispose();
    },
  };
}

/** Gives the person a kubeconfig with the cluster's context under the name that the values of `stage` have. */
export function useCluster({ home }: Machine, { kubeconfig }: BorrowedCluster): void {
  mkdirSync(join(home, '.kube'));
  const text = readFileSync(kubeconfig, 'utf8').replaceAll(/\S+-borrowed/g, 'acme-stage');
  writeFileSync(join(home, '.kube/config'), text.replace(/^current-context: .*$/m, 'current-context: ""'));
}

/** What prediction-api refers to, and nobody makes up. */
export const databaseSecret = 'prediction-api-database';

/** Puts the platform into the cluster: to the Secret that is missing, and when a person has brought that, to the end. */
export async function bootstrapStage(
  { withInput, machine, token }: ExistingMachine,
  cluster: BorrowedCluster,
): Promise<void> {
  const refused = await withInput(`${token}\n`, 'bootstrap', 'stage', '--git-token-stdin');
  if (!refused.stderr.includes('SECRET_MISSING')) throw new Error(refused.stderr);
  const secret = ['secret', 'generic', databaseSecret, '--namespace=ml'];
  await cluster.kubectl(['create', ...secret, '--from-literal=password=only-for-a-test']);
  const { exitCode, stderr } = await machine.platform('bootstrap', 'stage');
  if (exitCode !== 0) throw new Error(stderr);
}
