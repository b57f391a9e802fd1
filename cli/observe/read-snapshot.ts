import { PlatformError } from '../errors/platform-error.ts';
import { readText } from '../ports/files.ts';
import type { StatusReport } from './status-report.ts';

/**
 * Reads what `platform status --json` printed, earlier or elsewhere.
 *
 * @throws {PlatformError} SNAPSHOT_UNREADABLE.
 */
export async function readSnapshot(file: string): Promise<StatusReport> {
  let found: unknown;
  try {
    found = JSON.parse(await readText(file));
  } catch (error) {
    throw unreadable(file, error instanceof SyntaxError ? 'it is no JSON' : String(error));
  }
  const { kind, data } = (found ?? {}) as { kind?: unknown; data?: StatusReport | null };
  if (kind !== 'Status' || !data) throw unreadable(file, 'it is not the document of a status');
  if (data.model && !Array.isArray(data.model.parts))
    throw unreadable(file, 'an older version wrote it, with less than this one needs');
  return data;
}

function unreadable(file: string, why: string): PlatformError {
  return new PlatformError(
    'SNAPSHOT_UNREADABLE',
    `${file} is no snapshot of a cluster: ${why}`,
    'platform status dev --json > snapshot.json',
  );
}
