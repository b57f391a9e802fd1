/** What to accept of a registry as the manifest of a tag: one of several platforms is an index. */
export const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/**
 * In bytes: the largest that registries have to take.
 *
 * @see {@link https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-manifests}
 */
export const largestManifest = 4 * 1024 * 1024;
