import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { PlatformError } from '../../errors/platform-error.ts';
import {
  exists,
  makePrivateDirectory,
  move,
  readText,
  remove,
  writeFileAtomically,
} from '../../ports/files.ts';

/**
 * Who talks to the API server, and the RBAC identity that it has there. controller-manager and scheduler have the
 * users whose rights Kubernetes creates itself; Flux and KWOK act on everything, by design.
 */
export const identities = {
  admin: { user: 'platform:admin', groups: ['system:masters'] },
  'kube-controller-manager': { user: 'system:kube-controller-manager', groups: [] },
  'kube-scheduler': { user: 'system:kube-scheduler', groups: [] },
  kwok: { user: 'platform:kwok', groups: ['system:masters'] },
  flux: { user: 'platform:flux', groups: ['system:masters'] },
  supervisor: { user: 'platform:supervisor', groups: ['system:masters'] },
} as const;
export type Identity = keyof typeof identities;

/** Paths of the files below `pki/`; all are 0600. */
export interface PkiFiles {
  readonly ca: string;
  readonly tokens: string;
  readonly gitPassword: string;
  readonly serviceAccountKey: string;
  readonly serviceAccountPublicKey: string;
  certificate(of: (typeof certified)[number]): {
    readonly certFile: string;
    readonly keyFile: string;
  };
  token(of: Identity): string;
}

/** Who has a certificate. */
const certified = [
  'etcd',
  'etcd-client',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
] as const;

export function pkiFiles(directory: string): PkiFiles {
  const file = (name: string): string => join(directory, name);
  return {
    ca: file('ca.crt'),
    tokens: file('tokens.csv'),
    gitPassword: file('git.password'),
    serviceAccountKey: file('service-account.key'),
    serviceAccountPublicKey: file('service-account.pub'),
    certificate: (of) => ({ certFile: file(`${of}.crt`), keyFile: file(`${of}.key`) }),
    token: (of) => file(`${of}.token`),
  };
}

/**
 * Makes everything secret that a cluster needs: complete, or not at all. Nothing depends on ports, so it holds when
 * they change.
 *
 * @param directory Replaced when it is there.
 * @param now       Milliseconds since the epoch.
 */
export async function createPki(directory: string, now: number): Promise<void> {
  const { createAuthority } = await import('./certificates.ts'); // its ASN.1 library is slow to load, and rarely needed
  const side = `${directory}.new`;
  await remove(side);
  await makePrivateDirectory(side);
  const files = pkiFiles(side);
  const write = async (path: string, content: string): Promise<void> =>
    writeFileAtomically(path, content, 0o600);

  const authority = createAuthority('platform embedded cluster', now);
  await write(files.ca, authority.certificate);
  const here = { dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'] };
  const uses = {
    // etcd uses one certificate in both directions between members
    etcd: { ...here, server: true, client: true },
    'etcd-client': { server: false, client: true, dnsNames: [], ipAddresses: [] },
    'kube-apiserver': {
      server: true,
      client: false,
      dnsNames: ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'],
      ipAddresses: ['127.0.0.1', '10.96.0.1'],
    },
    'kube-controller-manager': { ...here, server: true, client: false },
    'kube-scheduler': { ...here, server: true, client: false },
  } as const;
  for (const name of certified) {
    const { certificate, key } = authority.issue(name, uses[name]);
    await write(files.certificate(name).certFile, certificate);
    await write(files.certificate(name).keyFile, key);
  }

  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  await write(files.serviceAccountKey, pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  await write(
    files.serviceAccountPublicKey,
    pair.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  );

  const rows: string[] = [];
  for (const [name, { user, groups }] of Object.entries(identities)) {
    const token = randomBytes(32).toString('hex');
    await write(files.token(name as Identity), `${token}\n`);
    rows.push(`${token},${user},${user},"${groups.join(',')}"\n`);
  }
  await write(files.tokens, rows.join(''));
  await write(files.gitPassword, `${randomBytes(32).toString('hex')}\n`);
  await remove(directory);
  await move(side, directory);
}

/**
 * The files belong together: one that is gone cannot be made again alone, and the cluster's data is tied to them.
 *
 * @param environment Whose cluster it is, for the hint.
 * @throws {PlatformError} STATE_UNREADABLE naming the first file that is missing.
 */
export async function requirePki(directory: string, environment: string): Promise<void> {
  const { ca, tokens, gitPassword, serviceAccountKey, serviceAccountPublicKey, ...of } = pkiFiles(directory);
  const files = [
    ...[ca, tokens, gitPassword, serviceAccountKey, serviceAccountPublicKey],
    ...certified.flatMap((name) => Object.values(of.certificate(name))),
    ...Object.keys(identities).map((name) => of.token(name as Identity)),
  ];
  for (const file of files) {
    if (await exists(file)) continue;
    throw new PlatformError(
      'STATE_UNREADABLE',
      `${file} is missing, without which the cluster cannot start`,
      `platform delete ${environment} --confirm ${environment} && platform bootstrap ${environment}`,
    );
  }
}

/** Of a token or password file, without the final newline. */
export async function readSecret(path: string): Promise<string> {
  return (await readText(path)).trim();
}
