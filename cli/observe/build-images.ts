import { formatRef, refOf, type KubeObject } from '../ports/kube.ts';
import { compareText } from '../values/compare-text.ts';
import type { ClusterIndex } from './cluster-index.ts';
import { listAt, textAt } from './fields.ts';
import type { ImageUse } from './model-parts.ts';
import type { Item } from './model.ts';
import { podProblem } from './state/pod-problem.ts';
import { workloadKinds } from './state/workload-state.ts';

/** Every image that a workload of Flux or a pod asks for, by name. */
export function buildImages(items: readonly Item[], index: ClusterIndex): ImageUse[] {
  const uses = new Map<string, { usedBy: Set<string>; pods: number; ready: number; digests: Set<string> }>();
  const useOf = (image: string): NonNullable<ReturnType<(typeof uses)['get']>> => {
    const use = uses.get(image) ?? { usedBy: new Set(), pods: 0, ready: 0, digests: new Set() };
    uses.set(image, use);
    return use;
  };
  for (const { id, ref } of items) {
    const object = index.find(id);
    if (!object || !workloadKinds.includes(ref.kind)) continue;
    for (const image of imagesIn(object, 'spec', 'template', 'spec')) useOf(image).usedBy.add(id);
  }
  for (const pod of index.all('Pod')) {
    const ready = podProblem(pod) === undefined;
    for (const image of imagesIn(pod, 'spec')) {
      const use = useOf(image);
      use.pods += 1;
      if (ready) use.ready += 1;
      if (use.usedBy.size === 0) use.usedBy.add(formatRef(refOf(pod)));
      for (const digest of digestsOf(pod, image)) use.digests.add(digest);
    }
  }
  return [...uses]
    .map(([image, { usedBy, digests, ...counts }]) => ({
      image,
      usedBy: [...usedBy],
      ...counts,
      digests: [...digests],
    }))
    .sort((a, b) => compareText(a.image, b.image));
}

function imagesIn(object: KubeObject, ...path: string[]): Set<string> {
  const containers = [...listAt(object, ...path, 'initContainers'), ...listAt(object, ...path, 'containers')];
  return new Set(containers.map((each) => textAt(each, 'image')).filter((image) => image !== ''));
}

/** `imageID` is `<repository>@sha256:…` on containerd; a simulated pod has none. */
function digestsOf(pod: KubeObject, image: string): string[] {
  const names = [...listAt(pod, 'spec', 'initContainers'), ...listAt(pod, 'spec', 'containers')]
    .filter((each) => textAt(each, 'image') === image)
    .map((each) => textAt(each, 'name'));
  return [...listAt(pod, 'status', 'initContainerStatuses'), ...listAt(pod, 'status', 'containerStatuses')]
    .filter((each) => names.includes(textAt(each, 'name')))
    .flatMap((each) => /sha256:[0-9a-f]{64}/.exec(textAt(each, 'imageID'))?.[0] ?? []);
}
