import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { listFiles, readText } from '../ports/files.ts';
import type { KubeObject } from '../ports/kube.ts';

/** A file in an environment's folder of encrypted files. */
export interface SecretFile {
  /** Relative to the root. */
  readonly path: string;
  readonly secrets: readonly SecretEntry[];
  /** The public age keys that it is encrypted for; empty where it is not encrypted. */
  readonly recipients: readonly string[];
}

/** What can be read of a Secret without its key. */
export interface SecretEntry {
  readonly namespace: string;
  readonly name: string;
  /** Sorted. */
  readonly keys: readonly string[];
}

type Written = Partial<KubeObject> & {
  readonly data?: Record<string, unknown>;
  readonly stringData?: Record<string, unknown>;
  readonly sops?: { readonly age?: readonly { readonly recipient?: string }[] };
};

/** The folder of an environment's encrypted files, relative to the root. */
export function secretsFolder(environment: string): string {
  return `clusters/${environment}/secrets`;
}

/** Every YAML file of the folder, sorted by path. What is no YAML has no Secret. */
export async function readSecretFiles(root: string, environment: string): Promise<SecretFile[]> {
  const folder = secretsFolder(environment);
  const names = (await listFiles(join(root, folder))).filter((name) => /\.ya?ml$/.test(name));
  return Promise.all(
    names.map(async (name) => parse(`${folder}/${name}`, await readText(join(root, folder, name)))),
  );
}

function parse(path: string, text: string): SecretFile {
  const documents = parseAllDocuments(text);
  const contents = (Array.isArray(documents) ? documents : []).map(
    (document) => (document.errors.length === 0 ? (document.toJS() as Written | null) : null) ?? {},
  );
  return {
    path,
    secrets: contents.flatMap((written) => (written.kind === 'Secret' ? [entryOf(written)] : [])),
    recipients: [
      ...new Set(
        contents.flatMap(({ sops }) => (sops?.age ?? []).flatMap(({ recipient }) => recipient ?? [])),
      ),
    ],
  };
}

function entryOf({ metadata, data = {}, stringData = {} }: Written): SecretEntry {
  return {
    namespace: metadata?.namespace ?? 'default',
    name: metadata?.name ?? '',
    keys: [...new Set([...Object.keys(data), ...Object.keys(stringData)])].sort(),
  };
}

/** The file that holds a Secret. */
export function fileOf(
  files: readonly SecretFile[],
  wanted: Pick<SecretEntry, 'namespace' | 'name'>,
): SecretFile | undefined {
  return files.find(({ secrets }) =>
    secrets.some(({ namespace, name }) => namespace === wanted.namespace && name === wanted.name),
  );
}
