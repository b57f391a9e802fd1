import { source, type LiveCase } from './case.ts';

const repository = (name: string): string => `GitRepository/flux-system/${name}`;

/**
 * What goes wrong between Flux and a repository.
 *
 * @param host     Answers /private.git with 401, and everything else with 404.
 * @param platform The spec of the source that the cluster follows.
 */
export function sourceCases(host: string, platform: { url: string; secretRef?: object }): LiveCase[] {
  const broken = (
    name: string,
    spec: object,
    expected: Pick<LiveCase, 'rule' | 'says' | 'next'>,
  ): LiveCase => ({
    name,
    spec: { sourceRef: { kind: 'GitRepository', name } },
    flux: [source('GitRepository', name, spec)],
    culprit: repository(name),
    ...expected,
  });
  const main = { branch: 'main' };
  return [
    broken(
      'source-auth',
      { url: `${host}/private.git`, ref: main },
      {
        rule: 'source-auth',
        says: `${host}/private.git refuses the credentials (authentication required)`,
        next: 'kubectl describe -n flux-system gitrepository source-auth',
      },
    ),
    broken(
      'source-gone',
      { url: `${host}/gone.git`, ref: main },
      {
        rule: 'source-not-found',
        says: `${host}/gone.git is not there (repository not found)`,
        next: 'Correct spec.url of GitRepository/source-gone',
      },
    ),
    broken(
      'source-away',
      { url: 'http://127.0.0.1:1/x.git', ref: main },
      {
        rule: 'source-unreachable',
        says: 'http://127.0.0.1:1/x.git cannot be reached (connection refused)',
        next: 'curl -sSI http://127.0.0.1:1/x.git',
      },
    ),
    broken(
      'source-branch',
      { url: platform.url, secretRef: platform.secretRef, ref: { branch: 'nope' } },
      {
        rule: 'source-ref',
        says: `${platform.url} has no branch nope`,
        next: `git ls-remote ${platform.url}`,
      },
    ),
    broken(
      'source-secret',
      { url: `${host}/private.git`, ref: main, secretRef: { name: 'git-token' } },
      {
        rule: 'source-secret',
        says: /^its credentials are not there: Secret (flux-system\/)?git-token$/,
        next: 'kubectl get -n flux-system secrets',
      },
    ),
    {
      name: 'source-missing',
      spec: { sourceRef: { kind: 'GitRepository', name: 'nowhere' } },
      rule: 'missing',
      culprit: repository('nowhere'),
      says: 'not in the cluster',
      next: 'kubectl get -n flux-system gitrepository nowhere',
    },
  ];
}
