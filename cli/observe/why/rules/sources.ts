import type { KubeObject } from '../../../ports/kube.ts';
import { firstLine, textAt } from '../../fields.ts';
import type { Rule } from '../rule.ts';

const kinds = ['GitRepository', 'HelmRepository', 'HelmChart'];

/** Troubles of a source by what source-controller 1.9 quotes from git, HTTP and Helm. */
const troubles: readonly {
  name: string;
  pattern: RegExp;
  says: (found: string, source: KubeObject) => string;
  next: (source: KubeObject) => string;
}[] = [
  {
    name: 'source-auth',
    pattern:
      /authentication required|authorization failed|unauthorized|\b401\b|\b403\b|invalid credentials|unable to authenticate|permission denied/i,
    says: (found, source) => `${urlOf(source)} refuses the credentials (${found})`,
    next: (source) => {
      const secret = textAt(source, 'spec', 'secretRef', 'name');
      const where = `-n ${source.metadata.namespace ?? 'default'}`;
      return secret === ''
        ? `kubectl describe ${where} ${source.kind.toLowerCase()} ${source.metadata.name}`
        : `kubectl get ${where} secret ${secret}`;
    },
  },
  {
    name: 'source-host-key',
    pattern: /knownhosts: [^"]*|host key mismatch/i,
    says: (found, source) =>
      `${urlOf(source)} shows a host key that is not among those that bootstrap was told of (${found})`,
    next: () =>
      'Correct ~/.ssh/known_hosts once you know that the key is theirs, and run platform bootstrap again',
  },
  {
    name: 'source-secret',
    pattern: /secrets? "?([^"\s]+)"? not found/i,
    says: (name) => `its credentials are not there: Secret ${name}`,
    next: (source) => `kubectl get -n ${source.metadata.namespace ?? 'default'} secrets`,
  },
  {
    name: 'source-ref',
    pattern:
      /couldn't find remote ref "?([^"\s]+)"?|reference not found|unable to resolve|no match found for semver/i,
    says: (found, source) =>
      `${urlOf(source)} has no ${found.replace('refs/heads/', 'branch ').replace('refs/tags/', 'tag ')}`,
    next: (source) => `git ls-remote ${urlOf(source)}`,
  },
  {
    name: 'source-not-found',
    pattern: /repository not found|\b404\b|does not exist|no chart (?:name|version) found/i,
    says: (found, source) => `${urlOf(source)} is not there (${found})`,
    next: (source) => `Correct spec.url of ${source.kind}/${source.metadata.name}`,
  },
  {
    name: 'source-unreachable',
    pattern:
      /connection refused|no such host|i\/o timeout|deadline exceeded|TLS handshake|x509[^"]*|network is unreachable|EOF/i,
    says: (found, source) => `${urlOf(source)} cannot be reached (${found})`,
    next: (source) => `curl -sSI ${urlOf(source)}`,
  },
];

export const sourceRules: readonly Rule[] = troubles.map(({ name, pattern, says, next }) => ({
  name,
  kinds,
  find: ({ object, seen }) => {
    const match = pattern.exec(seen.message);
    return match
      ? { says: says(firstLine(match[1] ?? match[0], 120), object), next: next(object) }
      : undefined;
  },
}));

/** Without credentials, which a URL may carry. */
function urlOf(source: KubeObject): string {
  return textAt(source, 'spec', 'url').replace(/\/\/[^/@]*@/, '//');
}
