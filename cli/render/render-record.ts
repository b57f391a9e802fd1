import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { Deps } from '../ports/deps.ts';
import { fingerprintOfBuild } from '../ports/digest.ts';
import { listNames, readTextIfThere } from '../ports/files.ts';
import { bytesOf, readFolder } from '../ports/folder-content.ts';
import { pruneFolder } from '../ports/pruned-folder.ts';
import { writeFilesTogether } from '../ports/write-together.ts';
import { demoFolder } from '../values/app-images.ts';
import { listApps } from '../values/apps.ts';
import { valuesFile } from '../values/load-environment.ts';
import { platformFile } from '../values/load-platform.ts';
import { fluxPatchesFile } from './flux-itself.ts';
import { sha256 } from './header.ts';
import { type Change, environmentOf, renderedFile } from './plan-render.ts';
import { overlayRooms, renderedFolders } from './rendered-folders.ts';

type RecordDeps = Pick<Deps, 'root' | 'home' | 'locations'>;

/** One environment as a render left it; digests as sha256. */
interface Left {
  readonly inputs: string;
  readonly outputs: string;
  readonly files: number;
}

/** What the last renders of this repository read and gave, so that what did not change since need not be rendered. */
export interface RenderRecord {
  /** The environments whose inputs and rendered files are what they were, with the number of those files. */
  readonly settled: ReadonlyMap<string, number>;
  /** Notes what a plan gave that has been carried out, or had nothing to do, for all environments that were asked for. */
  readonly keep: (plan: readonly Change[]) => Promise<void>;
}

/** Of the records of all repositories on this machine; one of 400 environments takes 80 kB. */
const limits = { ageMs: 30 * 24 * 60 * 60 * 1000, bytes: 16 * 1024 * 1024 };

interface Bytes {
  readonly path: string;
  readonly bytes: Buffer | string;
}

/**
 * Reads all inputs of rendering and every rendered file of these environments, and compares them with the record. It lies in
 * the cache, since one in git would conflict on every merge; whatever is wrong with it, everything counts as changed.
 *
 * @param names The environments that are asked for.
 */
export async function openRenderRecord(deps: RecordDeps, names: readonly string[]): Promise<RenderRecord> {
  return readRecord(deps, names).catch(() => ({ settled: new Map(), keep: async () => Promise.resolve() }));
}

async function readRecord(deps: RecordDeps, names: readonly string[]): Promise<RenderRecord> {
  const { root, locations } = deps;
  const file = join(locations.cache, 'render', `${sha256(root).slice(0, 20)}.json`);
  const known = parse(await readTextIfThere(file).catch(() => undefined));
  const apps = await listNames(join(root, 'apps'), 'directory');
  const rooms = await overlayRooms(root);
  const before = await inputsOf(deps, names, apps);
  const settled = new Map<string, number>();
  for (const name of names) {
    const left = known[name];
    if (left === undefined || left.inputs !== before.get(name)) continue;
    if (left.outputs === digestOf(renderedFiles(root, name, rooms))) settled.set(name, left.files);
  }

  const keep = async (plan: readonly Change[]): Promise<void> => {
    if (settled.size === names.length) return;
    const after = await inputsOf(deps, names, apps).catch(() => new Map<string, string>()); // or an edit made meanwhile would count as rendered
    const given = new Map<string, Bytes[]>();
    for (const { path, content } of plan) {
      const name = environmentOf(path);
      if (content !== undefined) given.set(name, [...(given.get(name) ?? []), { path, bytes: content }]);
    }
    const left: Record<string, Left> = { ...known };
    for (const name of names) {
      const inputs = before.get(name);
      if (settled.has(name) || inputs === undefined || inputs !== after.get(name)) continue;
      const files = given.get(name) ?? [];
      left[name] = { inputs, outputs: digestOf(files), files: files.length };
    }
    const text = JSON.stringify(left);
    try {
      await writeFilesTogether([{ path: file, content: `${sha256(text)}\n${text}` }], { flush: false });
      pruneFolder(dirname(file), limits);
    } catch {
      // a cache that cannot be written costs time only
    }
  };
  return { settled, keep };
}

/** @returns Nothing where the text is not exactly what was written. */
function parse(text = ''): Readonly<Record<string, Left>> {
  const [sum, ...rest] = text.split('\n');
  const body = rest.join('\n');
  return sum === sha256(body) ? (JSON.parse(body) as Record<string, Left>) : {};
}

/** A digest of all that one environment's rendered files depend on, for each. */
async function inputsOf(
  { root, home }: RecordDeps,
  names: readonly string[],
  apps: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const below = (folder: string): Bytes[] =>
    readFolder(join(root, folder)).map(({ path, bytes, isLink }) => {
      if (isLink) throw new Error(`${folder}/${path} is a link: what it leads to may change unseen`);
      return { path: `${folder}/${path}`, bytes };
    });
  const files = [platformFile, 'versions.json', fluxPatchesFile].map((path) => ({
    path,
    bytes: bytesOf(join(root, path)) ?? '',
  }));
  const shared = digestOf([
    { path: 'program', bytes: await programIn(home) },
    { path: 'apps', bytes: (await listApps(root)).join() },
    ...files,
    ...below('templates'),
    ...apps.flatMap((app) => [...below(`apps/${app}/base`), ...below(demoFolder(app))]),
  ]);
  return new Map(
    names.map((name) => {
      const values = bytesOf(join(root, valuesFile(name))) ?? '';
      return [
        name,
        digestOf([
          { path: shared, bytes: name },
          { path: 'values', bytes: values },
        ]),
      ];
    }),
  );
}

/** This program: its version, and when it was last built. */
async function programIn(home: string): Promise<string> {
  const built = await fingerprintOfBuild(home);
  return `${(await readTextIfThere(join(home, 'package.json'))) ?? ''}\n${built ?? ''}`;
}

function renderedFiles(root: string, name: string, rooms: readonly string[]): Bytes[] {
  return renderedFolders(rooms, name).flatMap((folder) =>
    readFolder(join(root, folder), renderedFile)
      .filter(({ isLink }) => !isLink)
      .map(({ path, bytes }) => ({ path: `${folder}/${path}`, bytes })),
  );
}

function digestOf(files: readonly Bytes[]): string {
  const digest = createHash('sha256');
  for (const { path, bytes } of files.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    digest.update(`${path}\0${String(Buffer.byteLength(bytes))}\0`).update(bytes);
  }
  return digest.digest('hex');
}
