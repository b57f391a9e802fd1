import type { GitSource } from '../engines/engine.ts';

/** The least that makes Flux apply everything in a repository: source, its credentials, and one Kustomization. */
export function fluxObjects({ url, username, password }: GitSource): object[] {
  const inFlux = (name: string): object => ({ name, namespace: 'flux-system' });
  return [
    { apiVersion: 'v1', kind: 'Secret', metadata: inFlux('git'), stringData: { username, password } },
    {
      apiVersion: 'source.toolkit.fluxcd.io/v1',
      kind: 'GitRepository',
      metadata: inFlux('platform'),
      spec: { url, interval: '10m', ref: { branch: 'main' }, secretRef: { name: 'git' } },
    },
    {
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata: inFlux('platform'),
      spec: {
        interval: '10m',
        path: './',
        prune: true,
        sourceRef: { kind: 'GitRepository', name: 'platform' },
      },
    },
  ];
}
