import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { stringify } from 'yaml';
import { listFiles } from '../ports/files.ts';
import { tarOf } from './published-programs.ts';

/** A chart as a Helm repository has it. */
export interface Chart {
  readonly name: string;
  readonly version: string;
  readonly archive: Buffer;
}

/** Text by path. */
export type Files = Record<string, string>;

/** @param files Those of the chart, below its folder: `Chart.yaml`, `templates/a.yaml`. */
export async function packChart(name: string, version: string, files: Files): Promise<Chart> {
  const inside = Object.entries(files).map(([file, text]) => [`${name}/${file}`, text]);
  return { name, version, archive: gzipSync(await tarOf(Object.fromEntries(inside) as Files)) };
}

/** The files of a Helm repository: its index, and each chart. */
export function chartRepository(charts: readonly Chart[]): ReadonlyMap<string, Buffer | string> {
  const entries = charts.map(({ name, version, archive }) => {
    const digest = createHash('sha256').update(archive).digest('hex');
    return [name, [{ apiVersion: 'v2', name, version, urls: [fileOf({ name, version })], digest }]] as const;
  });
  return new Map<string, Buffer | string>([
    ['index.yaml', stringify({ apiVersion: 'v1', entries: Object.fromEntries(entries) })],
    ...charts.map((chart) => [fileOf(chart), chart.archive] as const),
  ]);
}

/**
 * Those files below a folder whose path there is wanted.
 *
 * @param to Put before their paths.
 */
export async function filesBelow(folder: string, to: string, pick: RegExp): Promise<Files> {
  const paths = (await listFiles(folder)).filter((path) => pick.test(path));
  const texts = await Promise.all(paths.map(async (path) => readFile(join(folder, path), 'utf8')));
  return Object.fromEntries(paths.map((path, index) => [`${to}${path}`, texts[index] ?? '']));
}

const fileOf = ({ name, version }: Pick<Chart, 'name' | 'version'>): string => `${name}-${version}.tgz`;
