import { PlatformError } from '../errors/platform-error.ts';
import type { Deps } from '../ports/deps.ts';
import { exists } from '../ports/files.ts';
import { quote } from '../ports/run.ts';
import { fingerprintPlace, knownHostName, type RemoteAddress } from '../publish/remote-address.ts';

/**
 * The keys by which a person's ssh knows a host, as lines of a known_hosts file that name the host in clear. Certificate
 * authorities are left out, which Flux does not know, and so are revoked keys.
 *
 * @throws {PlatformError} GIT_HOST_UNTRUSTED when there is none: a host is never trusted because it answered first.
 */
export async function findHostKeys(
  { run, locations }: Pick<Deps, 'run' | 'locations'>,
  address: RemoteAddress,
): Promise<string> {
  const name = knownHostName(address);
  const found = new Set<string>();
  const revoked = new Set<string>();
  for (const file of locations.knownHosts) {
    if (!(await exists(file))) continue;
    // It finds hashed names and patterns as well.
    const { stdout } = await run({
      tool: 'ssh-keygen',
      args: ['-F', name, '-f', file],
      timeoutMs: 20_000,
      okExitCodes: [0, 1, 255],
    });
    for (const line of stdout.split('\n')) {
      const words = line.trim().split(/\s+/);
      const marker = words[0]?.startsWith('@') === true ? words.shift() : undefined;
      const [, type, key] = words;
      if (line.startsWith('#') || type === undefined || key === undefined) continue;
      if (marker === undefined) found.add(`${type} ${key}`);
      else if (marker === '@revoked') revoked.add(`${type} ${key}`);
    }
  }
  const keys = [...found].filter((key) => !revoked.has(key)).sort();
  if (keys.length > 0) return keys.map((key) => `${name} ${key}\n`).join('');
  throw unknownHost(address, locations.knownHosts[0] ?? '~/.ssh/known_hosts');
}

function unknownHost({ host, port }: RemoteAddress, file: string): PlatformError {
  const scan = `ssh-keyscan${port === 22 ? '' : ` -p ${port}`} ${host} > host-key && ssh-keygen -lf host-key`;
  return new PlatformError(
    'GIT_HOST_UNTRUSTED',
    `ssh does not know ${knownHostName({ host, port })} yet: no key of it is in ${file}, and none is trusted unseen`,
    `${scan}  # compare the fingerprints with ${fingerprintPlace(host)}; only if they are the same: cat host-key >> ${quote(file)} && rm host-key`,
  );
}
