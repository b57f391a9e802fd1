import { dirname, join } from 'node:path';
import { PlatformError } from '../errors/platform-error.ts';
import type { Deps } from '../ports/deps.ts';
import { writeFileAtomically } from '../ports/files.ts';
import { gitIn } from '../ports/git.ts';
import { outboundEnvironment } from '../ports/outbound-environment.ts';
import { quote } from '../ports/run.ts';
import { withSideFolder } from '../ports/side-folder.ts';
import type { BasicCredentials, GitCredentials, SshCredentials } from './git-credentials.ts';
import type { RemoteAddress } from './remote-address.ts';
import { remoteFailure } from './remote-failure.ts';

/** In milliseconds: what a person waits for an answer of a server that is far away. */
const answerMs = 60_000;
const connectSeconds = 15;

/**
 * Asks a remote for one branch with nothing but the credentials that Flux will have: no settings, keys, agents or helpers
 * of the person who runs this, since Flux has none of them.
 *
 * @param environment Named in hints.
 * @returns The full hash of the commit that the branch is at; undefined where the repository has no such branch.
 * @throws {PlatformError} GIT_ACCESS_DENIED, GIT_HOST_UNTRUSTED, GIT_REMOTE_UNUSABLE.
 */
export async function readRemoteBranch(
  { run }: Pick<Deps, 'run'>,
  asked: {
    readonly address: RemoteAddress;
    readonly credentials: GitCredentials;
    readonly branch: string;
    readonly environment: string;
  },
): Promise<string | undefined> {
  const { address, credentials, branch } = asked;
  return withSideFolder(async (side) => {
    const own =
      credentials.kind === 'ssh'
        ? await sshOnly(side, credentials)
        : await tokenOnly(side, address, credentials);
    try {
      const { exitCode, stdout, stderr } = await gitIn(run, side).run(
        ['ls-remote', '--', address.url, `refs/heads/${branch}`],
        {
          env: { ...outboundEnvironment(), ...nothingElse(side), ...own },
          okExitCodes: [0, 128],
          timeoutMs: answerMs,
        },
      );
      if (exitCode === 0) return /^([0-9a-f]{40,64})\t/m.exec(stdout)?.[1];
      throw remoteFailure(asked, stderr);
    } catch (error) {
      if (!(error instanceof PlatformError && error.code === 'TOOL_TIMEOUT')) throw error;
      throw remoteFailure(asked, `no answer within ${String(answerMs / 1000)} s`);
    }
  });
}

/** Takes a person's own settings away, also those that come by variables. */
function nothingElse(side: string): Record<string, string | undefined> {
  return {
    GIT_CEILING_DIRECTORIES: dirname(side),
    GIT_CONFIG_GLOBAL: join(side, 'gitconfig'),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_COUNT: undefined,
    GIT_CONFIG_PARAMETERS: undefined,
    GIT_ASKPASS: undefined,
    SSH_ASKPASS: undefined,
    SSH_AUTH_SOCK: undefined,
    GIT_SSL_NO_VERIFY: undefined,
    GIT_SSL_CAINFO: undefined,
    GIT_TRACE_CURL: undefined,
    GIT_CURL_VERBOSE: undefined,
  };
}

async function sshOnly(
  side: string,
  { identity, knownHosts }: SshCredentials,
): Promise<Record<string, string>> {
  const [key, hosts] = [join(side, 'identity'), join(side, 'known_hosts')];
  await writeFileAtomically(key, identity, 0o600);
  await writeFileAtomically(hosts, knownHosts, 0o600);
  await writeFileAtomically(join(side, 'gitconfig'), '', 0o600);
  const options = {
    BatchMode: 'yes',
    ConnectTimeout: String(connectSeconds),
    GlobalKnownHostsFile: '/dev/null',
    IdentitiesOnly: 'yes',
    IdentityAgent: 'none',
    IdentityFile: sshPath(key),
    PreferredAuthentications: 'publickey',
    StrictHostKeyChecking: 'yes',
    UpdateHostKeys: 'no',
    UserKnownHostsFile: sshPath(hosts),
  };
  const words = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  // Without -F, an IdentityFile of ~/.ssh/config would be tried as well, and the answer would be about that key.
  return {
    GIT_SSH_COMMAND: ['ssh', '-F', '/dev/null', ...words].map(quote).join(' '),
    GIT_SSH_VARIANT: 'ssh',
  };
}

/** As ssh reads a path in an option: spaces part words, and % begins a token. */
function sshPath(path: string): string {
  return `"${path.replaceAll('%', '%%')}"`;
}

/**
 * The token goes by git's own store, a file: git asks it for one host only, so that a redirect to another gets nothing.
 * Redirects are not followed at all, since what follows them later on is Flux.
 */
async function tokenOnly(
  side: string,
  { host, port }: RemoteAddress,
  { username, password, ca }: BasicCredentials,
): Promise<Record<string, string>> {
  const [store, caFile] = [join(side, 'credentials'), join(side, 'ca.pem')];
  const [user, token] = [username, password].map(encodeURIComponent);
  const at = port === 443 ? host : `${host}:${port}`;
  await writeFileAtomically(store, `https://${user ?? ''}:${token ?? ''}@${at}\n`, 0o600);
  if (ca !== undefined) await writeFileAtomically(caFile, ca, 0o600);
  const settings = [
    '[credential]',
    `\thelper = ${configValue(`store --file=${quote(store)}`)}`,
    '[http]',
    '\tfollowRedirects = false',
    `\tlowSpeedLimit = 1\n\tlowSpeedTime = ${connectSeconds}`,
    ...(ca === undefined ? [] : [`\tsslCAInfo = ${configValue(caFile)}`]),
  ];
  await writeFileAtomically(join(side, 'gitconfig'), `${settings.join('\n')}\n`, 0o600);
  return {};
}

/** As a file of git's settings quotes it. */
function configValue(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
