import { PlatformError } from '../errors/platform-error.ts';
import { quote } from '../ports/run.ts';
import type { GitCredentials } from './git-credentials.ts';
import { deployKeyPlace, fingerprintPlace, knownHostName, type RemoteAddress } from './remote-address.ts';

/** What was asked of a remote, and with what. */
export interface AskedRemote {
  readonly address: RemoteAddress;
  readonly credentials: GitCredentials;
  readonly environment: string;
}

/** What git adds to every failure of a remote. */
const advice =
  /^$|^fatal: could not read from remote repository|^please make sure you have|^and the repository exists/i;

/**
 * Why a remote gave no answer, from what git, ssh and curl said about it.
 *
 * @see {@link https://git-scm.com/docs/git-ls-remote} read with git 2.39, OpenSSH 9.2 and curl 7.88
 */
export function remoteFailure(asked: AskedRemote, stderr: string): PlatformError {
  const { address, credentials, environment } = asked;
  const lines = tidy(stderr, credentials)
    .split('\n')
    .filter((line) => !advice.test(line));
  const last = lines.at(-1) ?? 'it said nothing';
  const said = lines.join('\n').replaceAll(address.url, ''); // its words are not the server's
  if (/host key verification failed/i.test(said)) return changedHostKey(asked);
  if (/certificate|SSL|TLS/i.test(said)) {
    const ca = credentials.kind === 'basic' && credentials.ca !== undefined;
    return new PlatformError(
      'GIT_HOST_UNTRUSTED',
      `${address.host} shows a certificate that ${ca ? 'git.caFile does not vouch for' : 'no known authority has signed'}: ${last}`,
      'Where its authority is your own: save the certificate of the authority in this repository, and name it in platform.yaml: git.caFile',
    );
  }
  if (/returned error: 30\d|redirect/i.test(said)) {
    return new PlatformError(
      'GIT_REMOTE_UNUSABLE',
      `${address.url} redirects to another address, and a token is sent nowhere but to the one in platform.yaml`,
      `curl -sI ${quote(`${address.url}/info/refs?service=git-upload-pack`)}  # then write the address it names into platform.yaml: git.remote`,
    );
  }
  if (
    /permission denied|authentication failed|could not read (username|password)|access denied|returned error: 40[13]|not found|could not be found|do(es)? not exist|not appear to be a git repository/i.test(
      said,
    )
  ) {
    return credentials.kind === 'ssh'
      ? keyRefused(asked, credentials.publicKey, said)
      : tokenRefused(asked, last);
  }
  return new PlatformError(
    'GIT_REMOTE_UNUSABLE',
    `${address.url}, which Flux is to follow, does not answer: ${last}`,
    `Check the address (platform.yaml: git.remote) and the network, then: platform bootstrap ${environment}`,
  );
}

function keyRefused({ address, environment }: AskedRemote, publicKey: string, said: string): PlatformError {
  const reason = /permission denied/i.test(said)
    ? 'has not been given the deploy key of'
    : `finds no ${address.path} that may be read with the deploy key of`;
  return new PlatformError(
    'GIT_ACCESS_DENIED',
    `${address.host} ${reason} ${environment} yet. This is its public half:\n${publicKey}\nAdd it, for reading only, to ${deployKeyPlace(address)}`,
    `platform bootstrap ${environment}  # again, when the key has been added`,
  );
}

function tokenRefused({ address, environment }: AskedRemote, last: string): PlatformError {
  return new PlatformError(
    'GIT_ACCESS_DENIED',
    `${address.host} does not let the token of ${environment} read ${address.path}: ${last}`,
    `platform bootstrap ${environment} --git-token-stdin < token-file  # one that may read this repository`,
  );
}

function changedHostKey({ address }: AskedRemote): PlatformError {
  const name = knownHostName(address);
  return new PlatformError(
    'GIT_HOST_UNTRUSTED',
    `${name} shows a host key that is not the one in known_hosts: it was set up anew, or somebody stands in between`,
    `Compare the new key with ${fingerprintPlace(address.host)}; only if it is theirs: ssh-keygen -R ${quote(name)}, and add the new one`,
  );
}

/** Without what is for other eyes, also where a server sends back what it got. */
function tidy(stderr: string, credentials: GitCredentials): string {
  const text = stderr.trimEnd();
  if (credentials.kind === 'ssh') return text;
  const { username, password } = credentials;
  const forms = [
    password,
    encodeURIComponent(password),
    Buffer.from(`${username}:${password}`).toString('base64'),
  ];
  return forms.reduce((rest, form) => rest.replaceAll(form, '***'), text);
}
