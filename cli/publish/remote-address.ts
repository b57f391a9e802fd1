/** Where a git repository lies on another machine. */
export interface RemoteAddress {
  /** As git and Flux take it: the user of an ssh address is always spelled out. */
  readonly url: string;
  readonly protocol: 'ssh' | 'https';
  /** In lower case. */
  readonly host: string;
  readonly port: number;
  /** Without the slash before it and `.git` behind it: `owner/repository`. */
  readonly path: string;
}

const defaultPorts = { ssh: 22, https: 443 } as const;

/**
 * Reads an `ssh://` or `https://` address, or the short form of ssh: `git@host:path`.
 *
 * @returns undefined for everything else: a folder, another protocol.
 * @see {@link https://git-scm.com/docs/git-clone#_git_urls}
 */
export function parseRemote(text: string): RemoteAddress | undefined {
  const long = /^(ssh|https):\/\/(?:([^@/]*)@)?([A-Za-z0-9.-]+)(?::(\d+))?\/(.+)$/.exec(text);
  const short = /^(?:([^@/:]+)@)?([A-Za-z0-9.-]{2,}):(?!\/\/)(.+)$/.exec(text); // one letter is a drive
  const [protocol, user, host, port, path] = long
    ? [long[1] as 'ssh' | 'https', long[2], long[3], long[4], long[5]]
    : (['ssh', short?.[1], short?.[2], undefined, short?.[3]] as const);
  if (host === undefined || path === undefined) return undefined;
  const at = port === undefined ? '' : `:${port}`;
  return {
    url: protocol === 'ssh' ? `ssh://${user ?? 'git'}@${host}${at}/${path}` : `https://${host}${at}/${path}`,
    protocol,
    host: host.toLowerCase(),
    port: port === undefined ? defaultPorts[protocol] : Number(port),
    path: path
      .replace(/^\/+/, '')
      .replace(/\/+$/, '')
      .replace(/\.git$/, ''),
  };
}

/** An address as it may be shown: a person may have written a token into it. */
export function withoutCredentials(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//');
}

/** True where two addresses lead to one repository: a person may push by ssh what Flux reads by https. */
export function isSameRepository(one: RemoteAddress, other: RemoteAddress): boolean {
  return (
    one.host === other.host &&
    one.path === other.path &&
    (one.protocol !== other.protocol || one.port === other.port)
  );
}

/** The name under which ssh knows a host: `host`, or `[host]:port` where the port is not 22. */
export function knownHostName({ host, port }: Pick<RemoteAddress, 'host' | 'port'>): string {
  return port === defaultPorts.ssh ? host : `[${host}]:${port}`;
}

/** Where a person gives a deploy key the right to read: the page of a host that is known, else words for it. */
export function deployKeyPlace({ host, path }: RemoteAddress): string {
  if (host === 'github.com') return `https://github.com/${path}/settings/keys/new`;
  if (host === 'bitbucket.org') return `https://bitbucket.org/${path}/admin/access-keys/`;
  if (/(^|\.)gitlab\./.test(host)) return `https://${host}/${path}/-/settings/repository (Deploy keys)`;
  return `the deploy keys of ${path} on ${host} (or ~/.ssh/authorized_keys of its git user)`;
}

/** Where a person looks up the fingerprints of a host, to compare them. */
export function fingerprintPlace(host: string): string {
  const pages: Readonly<Record<string, string>> = {
    'github.com':
      'https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/githubs-ssh-key-fingerprints',
    'gitlab.com': 'https://docs.gitlab.com/user/gitlab_com/#ssh-host-keys-fingerprints',
    'bitbucket.org':
      'https://support.atlassian.com/bitbucket-cloud/docs/configure-ssh-and-two-step-verification/',
  };
  return pages[host] ?? `what whoever runs ${host} says they are`;
}
