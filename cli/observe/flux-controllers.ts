const controllers: readonly (readonly [kinds: RegExp, controller: string])[] = [
  [/^Kustomization$/, 'kustomize-controller'],
  [/^HelmRelease$/, 'helm-controller'],
  [/^(GitRepository|OCIRepository|HelmRepository|HelmChart|Bucket)$/, 'source-controller'],
  [/^Image(Repository|Policy)$/, 'image-reflector-controller'],
  [/^ImageUpdateAutomation$/, 'image-automation-controller'],
];

/**
 * The controller of Flux that works on objects of a kind; undefined for kinds that are not of Flux.
 *
 * @param apiVersion Where it is known: others have kinds of these names, too.
 */
export function controllerOf(kind: string, apiVersion = '.fluxcd.io/'): string | undefined {
  if (!apiVersion.includes('.fluxcd.io/')) return undefined;
  return controllers.find(([kinds]) => kinds.test(kind))?.[1];
}
