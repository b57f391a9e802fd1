import { join } from 'node:path';
import { readText } from '../ports/files.ts';
import type { Environment } from '../values/environment.ts';
import type { JsonSchema } from '../values/schema.ts';
import { plainText } from '../values/text.ts';
import { rendererOf } from './render-template.ts';

const file = 'templates/clusters/kind.yaml.njk';

const text: JsonSchema = { type: 'string' };
const port: JsonSchema = {
  type: 'object',
  properties: { node: { type: 'integer' }, host: { type: 'integer' } },
};

/** What the template may mention. */
const context: JsonSchema = {
  type: 'object',
  properties: {
    cluster: {
      type: 'object',
      properties: {
        name: text,
        image: text,
        /** Folder of this machine with `<registry>/hosts.toml`; empty where no registry has a mirror. */
        registries: text,
        kubeadmPatches: { type: 'array', items: text },
        nodes: {
          type: 'array',
          items: { type: 'object', properties: { role: text, ports: { type: 'array', items: port } } },
        },
      },
    },
  },
};

export interface KindConfig {
  /** Of the cluster, as kind knows it. */
  readonly name: string;
  readonly image: string;
  /** Absolute; mounted into the nodes where there are registry mirrors. */
  readonly registries: string;
}

/**
 * The configuration of an environment's kind cluster. Ports are mapped on the control plane, from where kube-proxy reaches
 * every pod.
 *
 * @throws {PlatformError} TEMPLATE_FAILED.
 * @see {@link https://kind.sigs.k8s.io/docs/user/configuration/}
 */
export async function renderKindConfig(
  root: string,
  { name, values: { cluster } }: Environment,
  { name: clusterName, image, registries }: KindConfig,
): Promise<string> {
  const workers = cluster.nodes > 1 ? Array.from({ length: cluster.nodes }, () => 'worker') : [];
  const ports = cluster.ports.map(({ node, host }) => ({ node, host }));
  const render = rendererOf(
    { file, text: plainText(await readText(join(root, file))), target: file },
    context,
  );
  return render(
    {
      cluster: {
        name: clusterName,
        image,
        registries: Object.keys(cluster.registryMirrors).length > 0 ? registries : '',
        kubeadmPatches: [...cluster.kubeadmPatches],
        nodes: ['control-plane', ...workers].map((role, index) => ({
          role,
          ports: index === 0 ? ports : [],
        })),
      },
    },
    `clusters/${name}/values.yaml`,
  );
}
