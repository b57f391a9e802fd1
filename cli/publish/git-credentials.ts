/** What opens the repository that Flux follows. Never printed, never in git. */
export type GitCredentials = BasicCredentials | SshCredentials;

export interface BasicCredentials {
  readonly kind: 'basic';
  readonly username: string;
  readonly password: string;
  /** PEM: certificates of a private authority, trusted beside the public ones. */
  readonly ca?: string | undefined;
}

export interface SshCredentials {
  readonly kind: 'ssh';
  /** The private half, in OpenSSH's format. */
  readonly identity: string;
  /** One line, as in authorized_keys: not a secret. */
  readonly publicKey: string;
  /** Lines of a known_hosts file, none of them hashed: the only host keys that are trusted. */
  readonly knownHosts: string;
}

/** Where Flux reads a repository, and what opens it. */
export interface GitAccess {
  readonly url: string;
  readonly credentials: GitCredentials;
}
