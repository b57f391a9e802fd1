import { openRunningCluster } from '../lifecycle/open-cluster.ts';
import { buildModel } from '../observe/build-model.ts';
import { readCommitNote } from '../observe/commit-note.ts';
import { buildDelivery, deliveredCommit, type Delivery } from '../observe/delivery.ts';
import type { Model } from '../observe/model.ts';
import { readCluster } from '../observe/read-cluster.ts';
import type { Deps } from '../ports/deps.ts';
import { formatRef, refOf, type KubeObject } from '../ports/kube.ts';

/** A model with the objects that it was made from. */
interface Sight {
  readonly model: Model;
  readonly find: (id: string) => KubeObject | undefined;
}

/** How the newest commit came into a cluster that is watched already. */
export async function deliveryOf(
  deps: Pick<Deps, 'run' | 'root'>,
  { model, find }: Sight,
): Promise<Delivery> {
  const commit = deliveredCommit(model);
  const note = commit === undefined ? undefined : await readCommitNote(deps, commit);
  return buildDelivery(model, find, note);
}

/**
 * The same for another environment, of one look at its cluster.
 *
 * @throws {PlatformError} ENVIRONMENT_UNKNOWN, CLUSTER_MISSING, CLUSTER_STOPPED, CLUSTER_UNREACHABLE.
 */
export async function readDelivery(deps: Deps, environment: string): Promise<Delivery> {
  const { kube } = await openRunningCluster(deps, environment);
  const read = await readCluster(kube);
  const byId = new Map(read.objects.map((object) => [formatRef(refOf(object)), object]));
  const model = buildModel(read, deps.clock.now());
  return deliveryOf(deps, { model, find: (id) => byId.get(id) });
}
