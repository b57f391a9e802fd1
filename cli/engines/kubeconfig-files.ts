import { createHash } from 'node:crypto';
import { type Document, type YAMLMap, type YAMLSeq, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import { PlatformError } from '../errors/platform-error.ts';
import type { Clock } from '../ports/clock.ts';
import { createExclusively, modeOf } from '../ports/exclusive-file.ts';
import { readTextIfThere, remove, writeFileAtomically } from '../ports/files.ts';
import { quote } from '../ports/run.ts';
import { resolveLinks } from '../ports/side-folder.ts';

/** The three lists of a kubeconfig, and what an entry of each holds beside its name. */
export const sections = { clusters: 'cluster', users: 'user', contexts: 'context' } as const;
export type Section = keyof typeof sections;

/** One kubeconfig file, as a document that keeps comments, order and everything it does not know. */
export interface KubeconfigFile {
  readonly path: string;
  readonly text: string | undefined;
  readonly document: Document;
}

/** How long somebody else may hold a lock, and how often to look, in milliseconds. */
const lockWaitMs = 5_000;
const lockPollMs = 100;

/**
 * Runs `work` while holding `<file>.lock` of every file, taken in sorted order: the way `kubectl config` does it.
 *
 * @throws {PlatformError} KUBECONFIG_UNUSABLE when a lock is not free within 5 s, or cannot be made.
 * @see clientcmd.ModifyConfig and lockFile of client-go v0.36
 */
export async function withKubeconfigLocks<T>(
  clock: Clock,
  paths: readonly string[],
  work: () => Promise<T>,
): Promise<T> {
  const held: string[] = [];
  try {
    for (const path of [...paths].sort()) {
      const lock = `${path}.lock`;
      const deadline = clock.elapsed() + lockWaitMs;
      while (!(await createExclusively(lock).catch((cause: unknown) => notWritable(path, cause)))) {
        if (clock.elapsed() >= deadline) {
          const what = `another program holds the lock of ${path}, or died while it did`;
          throw new PlatformError('KUBECONFIG_UNUSABLE', what, `If no kubectl is running: rm ${quote(lock)}`);
        }
        await clock.sleep(lockPollMs);
      }
      held.push(lock);
    }
    return await work();
  } finally {
    for (const lock of held) await remove(lock);
  }
}

function notWritable(path: string, cause: unknown): never {
  const what = `${path} cannot be locked for writing: ${(cause as Error).message}`;
  throw new PlatformError('KUBECONFIG_UNUSABLE', what, `Set KUBECONFIG to a file that you may write`, {
    cause,
  });
}

/** @throws {PlatformError} KUBECONFIG_UNUSABLE when it is no YAML, or no kubeconfig. */
export async function readKubeconfig(path: string): Promise<KubeconfigFile> {
  const text = await readTextIfThere(path);
  const document = parseDocument(text ?? '', { prettyErrors: true });
  const [error] = document.errors;
  const broken = (what: string, line?: number): PlatformError =>
    new PlatformError(
      'KUBECONFIG_UNUSABLE',
      `${path} ${what}`,
      `Mend it, or set KUBECONFIG to another file`,
      {
        details: line === undefined ? [] : [{ place: { file: path, line }, message: 'here' }],
      },
    );
  // The parser's message would quote the line, which may hold a token.
  if (error) throw broken(`is not valid YAML (${error.code})`, error.linePos?.[0].line);
  if (document.contents === null) {
    document.set('apiVersion', 'v1');
    document.set('kind', 'Config');
  }
  if (!isMap(document.contents)) throw broken('is no kubeconfig: it holds no map');
  for (const section of Object.keys(sections)) {
    const list: unknown = document.get(section);
    if (list !== undefined && list !== null && !isSeq(list))
      throw broken(`is no kubeconfig: ${section} is no list`);
  }
  return { path, text, document };
}

/**
 * Writes the file when its content changed, not for another style alone: atomically, through links, with the mode it has (0600 for a new one).
 *
 * @returns Whether it wrote.
 */
export async function writeKubeconfigFile({ path, text, document }: KubeconfigFile): Promise<boolean> {
  // kubectl does not indent its lists; a person may
  const indentSeq = text !== undefined && /^(clusters|users|contexts):[^\S\n]*\n+[^\S\n]+-/m.test(text);
  const next = document.toString({ lineWidth: 0, indentSeq });
  if (text !== undefined && next === parseDocument(text).toString({ lineWidth: 0, indentSeq })) return false;
  const target = text === undefined ? path : await resolveLinks(path);
  await writeFileAtomically(target, next, (await modeOf(target)) ?? 0o600);
  return true;
}

function listOf(file: KubeconfigFile, section: Section): YAMLSeq | undefined {
  const list: unknown = file.document.get(section);
  return isSeq(list) ? list : undefined;
}

function indexOf(file: KubeconfigFile, section: Section, name: string): number {
  return listOf(file, section)?.items.findIndex((item) => isMap(item) && item.get('name') === name) ?? -1;
}

/** What an entry holds, or undefined. */
export function readEntry(
  file: KubeconfigFile,
  section: Section,
  name: string,
): Record<string, unknown> | undefined {
  const item = listOf(file, section)?.items[indexOf(file, section, name)];
  if (!isMap(item)) return undefined;
  const value = (item.toJS(file.document) as Record<string, unknown>)[sections[section]];
  return (value ?? {}) as Record<string, unknown>;
}

/** Replaces or adds an entry; in one that is there, keys of the old value named in `keep` survive. */
export function setEntry(
  file: KubeconfigFile,
  section: Section,
  name: string,
  value: Record<string, unknown>,
  keep: readonly string[] = [],
): void {
  const index = indexOf(file, section, name);
  if (index >= 0) {
    const kept = Object.entries(readEntry(file, section, name) ?? {}).filter(([key]) => keep.includes(key));
    const next = { ...value, ...Object.fromEntries(kept) };
    if (digest(next) === digest(readEntry(file, section, name))) return;
    (listOf(file, section)?.items[index] as YAMLMap).set(sections[section], file.document.createNode(next));
    return;
  }
  const entry = file.document.createNode({ [sections[section]]: value, name });
  const list = listOf(file, section);
  if (list && list.items.length > 0) list.add(entry);
  else file.document.set(section, file.document.createNode([entry]));
}

export function deleteEntry(file: KubeconfigFile, section: Section, name: string): void {
  const list = listOf(file, section);
  if (!list) return;
  list.delete(indexOf(file, section, name));
  if (list.items.length === 0) list.flow = true; // `[]`: an empty block would be null
}

export function currentContext(file: KubeconfigFile): string | undefined {
  const node: unknown = file.document.get('current-context', true);
  return isScalar(node) && typeof node.value === 'string' && node.value !== '' ? node.value : undefined;
}

/** Of an entry: the same whatever order its keys are in. */
export function digest(value: Record<string, unknown> | undefined): string {
  const sorted = Object.entries(value ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex');
}

/** What kubectl uses: the first file that says it wins. */
export function currentIn(files: readonly KubeconfigFile[]): string | undefined {
  return files.map(currentContext).find((name) => name !== undefined);
}

/** A context, where it still exists. */
export function stillIn(files: readonly KubeconfigFile[], context: string | undefined): string | undefined {
  return context !== undefined && files.some((file) => readEntry(file, 'contexts', context))
    ? context
    : undefined;
}
