import { PlatformError } from '../../errors/platform-error.ts';
import { readTextIfThere, writeFileAtomically } from '../../ports/files.ts';
import { freePorts, isPortFree } from '../../ports/loopback.ts';

/** Every port that a cluster listens on; all on 127.0.0.1. */
export const portNames = [
  'apiserver',
  'etcd',
  'etcdPeer',
  'controllerManager',
  'scheduler',
  'kwok',
  'sourceHealth',
  'sourceArtifacts',
  'kustomizeHealth',
  'helmHealth',
  'git',
  'externalSecrets',
] as const;

/** Records of before they were needed are whole without them; the next start adds them. */
const later: readonly string[] = ['externalSecrets'];
export type Ports = Readonly<Record<(typeof portNames)[number], number>>;

/** `cluster.json`. */
export interface ClusterRecord {
  readonly formatVersion: 1;
  readonly engine: 'embedded';
  /** ISO 8601. */
  readonly createdAt: string;
  readonly ports: Ports;
  /** The versions that versions.json asked for at the last start, and the programs that were started: absolute paths. */
  readonly versions: Readonly<Record<string, string>>;
  readonly programs: Readonly<Record<string, string>>;
}

/**
 * For what needs to know that there is a cluster, and can do without its record: a damaged cluster can be looked at, and
 * deleted.
 *
 * @param path Of cluster.json.
 * @returns undefined when there is no cluster.
 * @throws {PlatformError} STATE_UNREADABLE when the file is of a newer format: what it stands for is not known here.
 */
export async function findRecord(path: string): Promise<ClusterRecord | 'damaged' | undefined> {
  const text = await readTextIfThere(path);
  if (text === undefined) return undefined;
  const record = parse(text);
  if (isRecord(record)) return record;
  if (typeof record?.formatVersion === 'number' && record.formatVersion > 1) {
    throw new PlatformError(
      'STATE_UNREADABLE',
      `a newer version of this program wrote ${path}`,
      'Update this clone: git pull',
    );
  }
  return 'damaged';
}

/**
 * @param path Of cluster.json.
 * @param environment Whose cluster it is, for the hint.
 * @returns undefined when there is no cluster.
 * @throws {PlatformError} STATE_UNREADABLE when the file is damaged or of a newer format.
 */
export async function readRecord(path: string, environment: string): Promise<ClusterRecord | undefined> {
  const record = await findRecord(path);
  if (record !== 'damaged') return record;
  throw new PlatformError(
    'STATE_UNREADABLE',
    `${path} is damaged`,
    `platform delete ${environment} --confirm ${environment}`,
  );
}

/** What may lie in the file: nothing is known of it yet. */
type Unchecked = { readonly [Key in keyof ClusterRecord]?: unknown } | null;

function parse(text: string): Unchecked | undefined {
  try {
    return JSON.parse(text) as Unchecked;
  } catch {
    return undefined;
  }
}

function isRecord(record: Unchecked | undefined): record is ClusterRecord {
  if (record?.formatVersion !== 1 || record.engine !== 'embedded') return false;
  const ports = (record.ports ?? {}) as Partial<Ports>;
  return portNames.every((name) => later.includes(name) || Number.isInteger(ports[name]));
}

export async function writeRecord(path: string, record: ClusterRecord): Promise<void> {
  await writeFileAtomically(path, `${JSON.stringify(record, undefined, 2)}\n`, 0o600);
}

/** The recorded ports, with new ones in place of those that somebody else listens on now. */
export async function usablePorts(recorded: Partial<Ports> = {}): Promise<Ports> {
  const fresh = await freePorts(portNames.length);
  const chosen = await Promise.all(
    portNames.map(async (name, index) => {
      const port = recorded[name];
      return [name, port !== undefined && (await isPortFree(port)) ? port : fresh[index]] as const;
    }),
  );
  return Object.fromEntries(chosen) as Record<keyof Ports, number>;
}
