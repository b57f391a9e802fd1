import type { Run } from '../../ports/run.ts';
import { fullName, shortName } from '../../images/image-name.ts';
import type { Docker } from './docker.ts';

/** Images are copied to the nodes one after the other: some hundred MB a minute on a slow disk. In milliseconds. */
const loadMs = 600_000;

/**
 * Copies images from Docker's store to the nodes of a kind cluster that lack them, or have others under their names.
 *
 * @param cluster As kind names it.
 * @param images Of which Docker has every one.
 * @returns The images that some node lacked.
 */
export async function copyToNodes(
  run: Run,
  docker: Docker,
  { cluster, images }: { cluster: string; images: readonly string[] },
  say: (detail: string) => void,
): Promise<string[]> {
  if (images.length === 0) return [];
  const [ids, nodes] = await Promise.all([docker.imageIds(images.map(shortName)), docker.nodes(cluster)]);
  const lists = await Promise.all(
    nodes.map(async ({ name }) => docker.shell(name, 'ctr --namespace=k8s.io images list')),
  );
  const stores = lists.map(({ stdout }) => nodeStore(stdout));
  const lacking = images.filter((image) => {
    const id = ids.get(shortName(image));
    return id !== undefined && stores.some((holds) => !holds(fullName(image), id));
  });
  if (lacking.length === 0) return [];
  say(`copying ${lacking.join(', ')} to the nodes`);
  await run({
    tool: 'kind',
    args: ['load', 'docker-image', `--name=${cluster}`, ...lacking],
    timeoutMs: loadMs,
  });
  return lacking;
}

/**
 * Reads what `ctr images list` prints of a node. The kubelet's view of an image lies beside its name, under its id
 * (`sha256:…`), and both rows name one digest; where Docker keeps its images in containerd, its id is that digest.
 *
 * @returns Whether the node has the image of a full name with the id that Docker gives it.
 */
export function nodeStore(printed: string): (name: string, id: string) => boolean {
  const rows = printed.split('\n').map((line) => line.split(/\s+/));
  const digests = new Map(rows.map(([reference = '', , digest = '']) => [reference, digest]));
  return (name, id) => {
    const digest = digests.get(name);
    return digest !== undefined && digest !== '' && (digest === id || digest === digests.get(id));
  };
}
