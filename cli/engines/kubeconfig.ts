import { dirname } from 'node:path';
import { PlatformError } from '../errors/platform-error.ts';
import type { Deps } from '../ports/deps.ts';
import { exists, readTextIfThere, remove, writeFileAtomically } from '../ports/files.ts';
import { quote } from '../ports/run.ts';
import type { ClusterAccess } from './engine.ts';
import {
  type KubeconfigFile,
  type Section,
  currentContext,
  currentIn,
  deleteEntry,
  digest,
  readEntry,
  readKubeconfig,
  sections,
  setEntry,
  stillIn,
  withKubeconfigLocks,
  writeKubeconfigFile,
} from './kubeconfig-files.ts';

/** What was put into the user's kubeconfig, so that it can be taken out again. No secret: digests only. */
interface ContextRecord {
  readonly formatVersion: 1;
  /** Name and digest of each of the three entries. */
  readonly entries: Readonly<Record<Section, { readonly name: string; readonly digest: string }>>;
  /** The current context before ours was made current. */
  readonly previous?: string | undefined;
}

/** What happened to the user's kubeconfig. */
export interface ContextChange {
  /** The file that holds the context now, or held it. */
  readonly file: string;
  readonly context: string;
  /** After adding: the context that was current before. After removing: the one that is current now. */
  readonly previous: string | undefined;
  /** False when every file was already as it should be. */
  readonly changed: boolean;
}

type ContextDeps = Pick<Deps, 'clock' | 'locations'>;

type Entries = Record<Section, { name: string; value: Record<string, unknown> }>;

/**
 * Merges one context into the user's kubeconfig and makes it current, by the rule of `kubectl config`: an entry that
 * is there is changed in its file; new ones, and the current context, go to the first of the files that exists, or else
 * to the last. Everything else in the files stays as it is, a namespace that the user set for our context included.
 *
 * @param access The context to take over from the engine's own file.
 * @param makeCurrent False only brings an entry up to date, for a cluster that was started again.
 * @throws {PlatformError} KUBECONFIG_UNUSABLE, with every file untouched, when one is broken or locked or has an entry of
 *   the same name that is not ours.
 * @see PathOptions.GetDefaultFilename and ModifyConfig in client-go v0.36, tools/clientcmd/config.go
 */
export async function addContext(
  { clock, locations }: ContextDeps,
  access: ClusterAccess,
  makeCurrent = true,
): Promise<ContextChange> {
  const unique = [...new Set(locations.kubeconfigs)];
  const record = recordOf(access);
  const entries = await readAccess(access);
  return withKubeconfigLocks(clock, unique, async () => {
    const files = await Promise.all(unique.map(async (path) => readKubeconfig(path)));
    const recorded = await readRecord(record);
    const destination = await defaultFile(files);
    const homes = {} as Record<Section, KubeconfigFile>;
    for (const section of Object.keys(sections) as Section[]) {
      const home = files.find((file) => readEntry(file, section, entries[section].name));
      if (home && !isOurs(home, section, entries, recorded))
        throw notOurs(home, section, entries[section].name);
      homes[section] = home ?? destination;
    }
    for (const section of Object.keys(sections) as Section[]) {
      setEntry(
        homes[section],
        section,
        entries[section].name,
        entries[section].value,
        section === 'contexts' ? ['namespace'] : [],
      );
    }
    const current = currentIn(files);
    const previous = current === access.context || !makeCurrent ? recorded?.previous : current;
    if (makeCurrent && current !== access.context)
      destination.document.set('current-context', access.context);

    await writeRecord(record, entries, previous); // first: a crash in between leaves an entry that is known as ours
    let changed = false;
    for (const file of new Set([destination, ...Object.values(homes)])) {
      if (await writeKubeconfigFile(file)) changed = true;
    }
    return { file: homes.contexts.path, context: access.context, previous, changed };
  });
}

/**
 * Takes the recorded context out again, with its cluster and user, unless somebody has put others under these names. If
 * ours is still current, the one before becomes current, if it still exists.
 *
 * @param access Need not exist any more.
 * @returns undefined when none is recorded: nothing was done.
 * @throws {PlatformError} KUBECONFIG_UNUSABLE, with every file untouched, when one is broken or locked.
 */
export async function removeContext(
  { clock, locations }: ContextDeps,
  access: ClusterAccess,
): Promise<ContextChange | undefined> {
  const record = recordOf(access);
  const recorded = await readRecord(record);
  if (!recorded) return undefined;
  const { name } = recorded.entries.contexts;
  const unique = [...new Set(locations.kubeconfigs)];
  return withKubeconfigLocks(clock, unique, async () => {
    const files = await Promise.all(unique.map(async (path) => readKubeconfig(path)));
    const home = files.find((file) => readEntry(file, 'contexts', name));
    const ours = (Object.keys(sections) as Section[]).flatMap((section) => {
      const entry = recorded.entries[section];
      const file = files.find((file) => readEntry(file, section, entry.name));
      const same =
        file &&
        (section === 'contexts'
          ? refersToOurs(file, recorded)
          : digest(readEntry(file, section, entry.name)) === entry.digest);
      return same ? [{ file, section, name: entry.name }] : [];
    });
    for (const { file, section, name } of ours) deleteEntry(file, section, name);

    const setting = files.find((file) => currentContext(file) !== undefined);
    const contextGone = !files.some((file) => readEntry(file, 'contexts', name));
    if (setting && currentContext(setting) === name && contextGone) {
      setting.document.set('current-context', stillIn(files, recorded.previous) ?? '');
    }
    let changed = false;
    for (const file of files)
      if (file.text !== undefined && (await writeKubeconfigFile(file))) changed = true;
    await remove(record);
    const previous = currentIn(files);
    return { file: (home ?? files[0])?.path ?? '', context: name, previous, changed };
  });
}

/**
 * What kubectl used before a cluster's context, where that is current; undefined where it is not.
 *
 * @throws {PlatformError} KUBECONFIG_UNUSABLE when a file is broken; STATE_UNREADABLE when the record of the context is.
 */
export async function currentHere(
  { locations }: Pick<ContextDeps, 'locations'>,
  access: ClusterAccess,
): Promise<Pick<ContextChange, 'context' | 'previous'> | undefined> {
  const files = await Promise.all(
    [...new Set(locations.kubeconfigs)].map(async (path) => readKubeconfig(path)),
  );
  if (currentIn(files) !== access.context) return undefined;
  const recorded = await readRecord(recordOf(access));
  return { context: access.context, previous: stillIn(files, recorded?.previous) };
}

/** Beside the folder that holds the engine's kubeconfig: it must outlive the cluster until the context is out. */
function recordOf({ kubeconfig }: ClusterAccess): string {
  return `${dirname(kubeconfig)}.context.json`;
}

async function readAccess({ kubeconfig, context }: ClusterAccess): Promise<Entries> {
  const file = await readKubeconfig(kubeconfig);
  const refs = readEntry(file, 'contexts', context) ?? {};
  const entry = (section: Section, name: unknown): { name: string; value: Record<string, unknown> } => {
    const value = typeof name === 'string' ? readEntry(file, section, name) : undefined;
    if (typeof name !== 'string' || !value)
      throw new Error(`${kubeconfig} has no complete context ${context}`);
    return { name, value };
  };
  return {
    clusters: entry('clusters', refs['cluster']),
    users: entry('users', refs['user']),
    contexts: entry('contexts', context),
  };
}

async function defaultFile(files: readonly KubeconfigFile[]): Promise<KubeconfigFile> {
  for (const file of files) if (await exists(file.path)) return file;
  const last = files.at(-1);
  if (!last) throw new Error('no kubeconfig file is given');
  return last;
}

/** Ours is what was written by the record, or what belongs to this cluster: its authority's key signed for no other. */
function isOurs(
  file: KubeconfigFile,
  section: Section,
  ours: Entries,
  recorded: ContextRecord | undefined,
): boolean {
  const { name, value } = ours[section];
  const there = readEntry(file, section, name);
  if (section === 'contexts') {
    return there?.['cluster'] === value['cluster'] && there?.['user'] === value['user'];
  }
  if (digest(there) === digest(value) || digest(there) === recorded?.entries[section].digest) return true;
  const authority = 'certificate-authority-data';
  return section === 'clusters' && value[authority] !== undefined && there?.[authority] === value[authority];
}

function refersToOurs(file: KubeconfigFile, { entries }: ContextRecord): boolean {
  const there = readEntry(file, 'contexts', entries.contexts.name);
  return there?.['cluster'] === entries.clusters.name && there['user'] === entries.users.name;
}

function notOurs({ path }: KubeconfigFile, section: Section, name: string): PlatformError {
  const kind = sections[section];
  return new PlatformError(
    'KUBECONFIG_UNUSABLE',
    `${path} has a ${kind} ${name} that belongs to something else`,
    `If nobody needs it: kubectl config ${kind === 'user' ? 'delete-user' : `delete-${kind}`} ${quote(name)} --kubeconfig ${quote(path)}`,
  );
}

async function readRecord(path: string): Promise<ContextRecord | undefined> {
  const text = await readTextIfThere(path);
  if (text === undefined) return undefined;
  try {
    const record = JSON.parse(text) as { formatVersion?: unknown };
    if (record.formatVersion === 1) return record as ContextRecord;
  } catch {
    // told below
  }
  throw new PlatformError(
    'STATE_UNREADABLE',
    `${path} is damaged, or a newer version wrote it`,
    `rm ${quote(path)}`,
  );
}

async function writeRecord(path: string, entries: Entries, previous: string | undefined): Promise<void> {
  const named = Object.entries(entries).map(([section, { name, value }]) => [
    section,
    { name, digest: digest(value) },
  ]);
  const record = {
    formatVersion: 1,
    entries: Object.fromEntries(named) as ContextRecord['entries'],
    previous,
  };
  await writeFileAtomically(path, `${JSON.stringify(record, undefined, 2)}\n`, 0o600);
}
