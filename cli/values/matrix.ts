import { isDeepStrictEqual } from 'node:util';
import type { Detail } from '../errors/platform-error.ts';
import { environmentUnknown } from './environment-unknown.ts';
import type { Environment } from './environment.ts';
import { listEnvironments, loadEnvironments } from './load-environment.ts';
import { platformFile, readPlatform, type Platform } from './load-platform.ts';
import { formatPath, type Plain } from './tree.ts';

/** One value in one environment. */
export interface Cell {
  /** Absent where the environment has no such value. */
  readonly value?: Plain;
  /** Who says so: its own values.yaml; the sizing profile or platform.yaml; nobody, the schema's default. */
  readonly source: 'overridden' | 'inherited' | 'default' | 'absent';
}

/** One value in all environments. */
export interface MatrixRow {
  /** `apps.trades.replicas` */
  readonly key: string;
  /** By environment. */
  readonly cells: Readonly<Record<string, Cell>>;
  /** Whether all environments have the same value, wherever it comes from. */
  readonly same: boolean;
}

export interface Matrix {
  readonly environments: readonly string[];
  /** Sorted by key. */
  readonly rows: readonly MatrixRow[];
  /** Where the two environments of `compare` differ and are not meant to. */
  readonly findings: readonly Detail[];
}

/**
 * Every value of every environment, and what keeps the two that are to be alike apart.
 *
 * @throws {PlatformError} VALUES_INVALID; ENVIRONMENT_UNKNOWN where `compare` names one that is not there.
 */
export async function readMatrix({ root }: { readonly root: string }): Promise<Matrix> {
  const environments = await loadEnvironments({ root });
  const { compare } = (await readPlatform(root)).platform;
  const leaves = new Map<string, readonly string[]>();
  for (const { values } of environments) collectLeaves(values as unknown as Plain, [], leaves);
  const rows = [...leaves]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, path]): MatrixRow => {
      const cells = environments.map((environment) => cellOf(environment, path));
      return {
        key,
        cells: Object.fromEntries(environments.map(({ name }, index) => [name, cells[index] ?? absent])),
        same: cells.every((cell) => isDeepStrictEqual(cell.value, cells[0]?.value)),
      };
    });
  const names = environments.map(({ name }) => name);
  if (!compare) return { environments: names, rows, findings: [] };
  const unknown = compare.environments.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw environmentUnknown(unknown, await listEnvironments(root), `${platformFile} names it in compare`);
  }
  return { environments: names, rows, findings: findDifferences(environments, rows, leaves, compare) };
}

const absent: Cell = { source: 'absent' };

/** Maps are looked into; lists and scalars are values. */
function collectLeaves(value: Plain, path: readonly string[], leaves: Map<string, readonly string[]>): void {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    leaves.set(formatPath(path), path);
    return;
  }
  for (const [key, child] of Object.entries(value)) collectLeaves(child, [...path, key], leaves);
}

function cellOf(environment: Environment, path: readonly string[]): Cell {
  const { name, values } = environment;
  const value = path.reduce<unknown>(
    (at, key) => (at as Readonly<Record<string, unknown>> | undefined)?.[key],
    values,
  ) as Plain | undefined;
  if (value === undefined) return absent;
  const file = environment.placeOf(path)?.file;
  const source =
    file === undefined ? 'default' : file.startsWith(`clusters/${name}/`) ? 'overridden' : 'inherited';
  return { value, source };
}

function findDifferences(
  environments: readonly Environment[],
  rows: readonly MatrixRow[],
  leaves: ReadonlyMap<string, readonly string[]>,
  { environments: [rehearsal, real], differences = [] }: NonNullable<Platform['compare']>,
): Detail[] {
  const patterns = differences.map((difference) => ({ difference, pattern: patternOf(difference) }));
  const isSized = (cell: Cell | undefined): boolean => cell?.source !== 'overridden';
  const findings = rows.flatMap(({ key, cells }): Detail[] => {
    const [a, b] = [cells[rehearsal], cells[real]];
    if (isDeepStrictEqual(a?.value, b?.value)) return [];
    if (patterns.some(({ pattern }) => pattern.test(key))) return [];
    // platform.yaml says the same to both, so two values that neither wrote itself differ by their profiles.
    if (differences.includes('sizing') && isSized(a) && isSized(b)) return [];
    const own = environments.find(({ name }) => name === real)?.placeOf(leaves.get(key) ?? []);
    const message = `${key} is ${shown(b)} in ${real} and ${shown(a)} in ${rehearsal}`;
    const hint = `Make them alike, or add ${key} to compare.differences in ${platformFile}`;
    return [{ place: own ?? { file: `clusters/${rehearsal}/values.yaml` }, message, hint }];
  });
  const useless = patterns
    .filter(({ pattern }) => !rows.some(({ key }) => pattern.test(key)))
    .map(({ difference }) => ({
      place: { file: platformFile },
      message: `compare.differences names ${difference}, and no environment has such a value`,
      hint: `Remove it from ${platformFile}`,
    }));
  return [...findings, ...useless];
}

/** Of a key and all below it. */
function patternOf(difference: string): RegExp {
  const parts = difference.split('.').map((part) => (part === '*' ? '[^.]+' : part.replaceAll('*', '[^.]*')));
  return new RegExp(`^${parts.join('\\.')}(\\.|$)`);
}

/** As YAML in one line would say it. */
export function shown(cell: Cell | undefined): string {
  return cell?.value === undefined ? '-' : JSON.stringify(cell.value);
}
