import { expect, it } from 'vitest';
import { nodeStore } from './node-images.ts';

// As a node prints it: the kubelet's view of an image has the image's id for a name.
const printed = `REF TYPE DIGEST SIZE PLATFORMS LABELS
ghcr.io/fluxcd/source-controller:v1.9.5 application/vnd.docker.distribution.manifest.v2+json sha256:3196 97.0 MiB linux/amd64 io.cri-containerd.image=managed
import-2026-11-24@sha256:ba80 application/vnd.oci.image.index.v1+json sha256:ba80 2.2 MiB linux/amd64 io.cri-containerd.image=managed
sha256:7b69 application/vnd.docker.distribution.manifest.v2+json sha256:3196 97.0 MiB linux/amd64 io.cri-containerd.image=managed
sha256:29c7 application/vnd.docker.distribution.manifest.v2+json sha256:587a 2.2 MiB linux/amd64 io.cri-containerd.image=managed
`;
const name = 'ghcr.io/fluxcd/source-controller:v1.9.5';

it('knows an image by the id that Docker gives it', () => {
  expect(nodeStore(printed)(name, 'sha256:7b69')).toBe(true);
});

it('knows it by its digest, which is the id where Docker keeps its images in containerd', () => {
  expect(nodeStore(printed)(name, 'sha256:3196')).toBe(true);
});

it('does not take one that was built anew under the same name for the one that is there', () => {
  expect(nodeStore(printed)(name, 'sha256:0000')).toBe(false);
  expect(nodeStore(printed)(name, 'sha256:29c7')).toBe(false); // another image of the node
});

it('has nothing of a node that does not answer', () => {
  expect(nodeStore('')('', '')).toBe(false);
  expect(nodeStore('')(name, 'sha256:7b69')).toBe(false);
});
