import { PlatformError } from '../../errors/platform-error.ts';
import { readTextIfThere, writeFileAtomically } from '../../ports/files.ts';

/** `cluster.json` of a kind cluster. */
export interface KindRecord {
  readonly formatVersion: 1;
  readonly engine: 'kind';
  /** ISO 8601. */
  readonly createdAt: string;
  /** Name of the cluster, as kind knows it. */
  readonly name: string;
  readonly nodeImage: string;
  /** Container ids by node; absent until the cluster was created whole. */
  readonly nodes?: Readonly<Record<string, string>>;
  /**
   * Where the git server listens, and how the nodes name that place; absent until a node reached it. `remote`: there is none,
   * since platform.yaml names a remote.
   */
  readonly git?: GitAddress | 'remote' | undefined;
}

export interface GitAddress {
  readonly listen: string;
  readonly host: string;
  readonly port: number;
}

/**
 * @param path Of cluster.json.
 * @returns undefined when there is no cluster; `damaged` for what cannot be understood.
 * @throws {PlatformError} STATE_UNREADABLE when the file is of a newer format.
 */
export async function findKindRecord(path: string): Promise<KindRecord | 'damaged' | undefined> {
  const text = await readTextIfThere(path);
  if (text === undefined) return undefined;
  let record: Partial<Record<keyof KindRecord, unknown>> | null;
  try {
    record = JSON.parse(text) as typeof record;
  } catch {
    return 'damaged';
  }
  if (typeof record?.formatVersion === 'number' && record.formatVersion > 1) {
    throw new PlatformError(
      'STATE_UNREADABLE',
      `a newer version of this program wrote ${path}`,
      'Update this clone: git pull',
    );
  }
  const known = record?.formatVersion === 1 && record.engine === 'kind' && typeof record.name === 'string';
  return known ? (record as unknown as KindRecord) : 'damaged';
}

/** @throws {PlatformError} STATE_UNREADABLE when the file is damaged or of a newer format. */
export async function readKindRecord(path: string, environment: string): Promise<KindRecord | undefined> {
  const record = await findKindRecord(path);
  if (record !== 'damaged') return record;
  throw new PlatformError(
    'STATE_UNREADABLE',
    `${path} is damaged`,
    `platform delete ${environment} --confirm ${environment}`,
  );
}

export async function writeKindRecord(path: string, record: KindRecord): Promise<void> {
  await writeFileAtomically(path, `${JSON.stringify(record, undefined, 2)}\n`, 0o600);
}
