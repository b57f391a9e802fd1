import { join } from 'node:path';
import { isMap, isNode, LineCounter, parseAllDocuments } from 'yaml';
import type { Deps } from '../ports/deps.ts';
import { readTextIfThere } from '../ports/files.ts';
import { gitIn } from '../ports/git.ts';
import { formatRef, refOf, type KubeObject } from '../ports/kube.ts';
import { environmentOf } from '../render/plan-render.ts';
import { readRecipients } from '../render/sops-config.ts';
import { listEnvironments, valuesFile } from '../values/load-environment.ts';
import type { Finding } from './finding.ts';
import type { EnvironmentFindings } from './format-findings.ts';
import type { Rule } from './rule.ts';
import { encryptHint, plainEntry, secretPlaintext } from './rules/secret-plaintext.ts';
import { readSecretFiles, type SecretFile } from './secret-files.ts';

type RepositoryCode = Omit<Rule, 'check'>;

const keyCommitted: RepositoryCode = {
  code: 'SECRET_KEY_COMMITTED',
  severity: 'error',
  title: 'No age key lies in the repository.',
  why: 'Whoever can read it can open every file that was ever encrypted for it; git never forgets it.',
};
const keyShared: RepositoryCode = {
  code: 'SECRET_KEY_SHARED',
  severity: 'error',
  title: 'Every environment has an age key of its own.',
  why: "A key that is lost on a developer's machine would open the secrets of prod.",
};
const otherRecipient: RepositoryCode = {
  code: 'SECRET_RECIPIENT',
  severity: 'error',
  title: 'Every encrypted file is encrypted for exactly the keys that `secrets.recipients` names.',
  why: 'The cluster has that key only: Flux cannot open the file, and applies none of the secrets. A key that is no longer named may be in the wrong hands.',
};

/** What is found beside the house rules, for docs/rules.md. */
export const repositoryCodes: readonly RepositoryCode[] = [keyCommitted, keyShared, otherRecipient];

/** Of 58 characters behind the prefix: examples in documents are shorter. */
export const secretKeyPattern = 'AGE-SECRET-KEY-1[0-9A-Z]{58}';
/** Which files are worth parsing: also those in which a Secret is one of a list, or written as JSON. */
const manifestPattern = 'kind.*Secret';

/** Where manifests lie. What is elsewhere, such as a template, reaches a cluster only through these. */
const manifestFolders = /^(apps|clusters|flux-system|infrastructure)\/.+\.(ya?ml|json)$/;

/**
 * Looks for keys and plain secrets in every file that git has or would take, and for files that are encrypted for the wrong keys.
 *
 * @param staged Look at what the next commit would hold, instead of at the working tree.
 * @param index  The file that git prepares that commit in, where it is not the usual one: `git commit -a` has another.
 * @returns Empty also where the root is no git repository.
 */
export async function findRepositorySecrets(
  deps: Pick<Deps, 'root' | 'run'>,
  staged = false,
  index?: string,
): Promise<Finding[]> {
  const { root } = deps;
  const [inFiles, environments, recipients] = await Promise.all([
    searchFiles(deps, staged, index),
    listEnvironments(root),
    readRecipients(root),
  ]);
  const files = await Promise.all(environments.map(async (name) => readSecretFiles(root, name)));
  const byEnvironment = new Map(environments.map((name, index) => [name, files[index] ?? []]));
  return [
    ...inFiles,
    ...sharedKeys(byEnvironment, recipients),
    ...wrongRecipients(byEnvironment, recipients),
  ];
}

/**
 * Adds each finding to the environment that its file belongs to; what belongs to none, and a key wherever it lies, to the first.
 * What is of an environment that was not asked for is left out, and so is what a house rule has said already.
 */
export function withRepositoryFindings(
  results: readonly EnvironmentFindings[],
  found: readonly Finding[],
): EnvironmentFindings[] {
  const names = results.map(({ environment }) => environment);
  const ownerOf = ({ code, place }: Finding): string | undefined => {
    const owner = environmentOf(place?.file ?? '');
    if (names.includes(owner)) return owner;
    return owner === '' || code === keyCommitted.code ? names[0] : undefined;
  };
  return results.map((result) => {
    const known = new Set(result.findings.map(({ code, place }) => `${code} ${place?.file ?? ''}`));
    const more = found.filter(
      (finding) =>
        ownerOf(finding) === result.environment && !known.has(`${finding.code} ${finding.place?.file ?? ''}`),
    );
    return { ...result, findings: [...more, ...result.findings] };
  });
}

async function searchFiles(
  { root, run }: Pick<Deps, 'root' | 'run'>,
  staged: boolean,
  index: string | undefined,
): Promise<Finding[]> {
  const git = gitIn(run, root);
  const env = index === undefined ? {} : { GIT_INDEX_FILE: index };
  const { stdout } = await git.run(
    [
      'grep',
      staged ? '--cached' : '--untracked',
      '--null',
      '--name-only',
      '-I',
      '-E',
      '-e',
      secretKeyPattern,
      '-e',
      manifestPattern,
    ],
    { okExitCodes: [0, 1, 128], env }, // 1: nothing found; 128: no repository
  );
  const paths = stdout.split('\0').filter((path) => path !== '');
  const findings = paths.map(async (path) => {
    const text = staged
      ? (await git.run(['show', `:${path}`], { env })).stdout
      : ((await readTextIfThere(join(root, path))) ?? '');
    return [...keysIn(path, text), ...(manifestFolders.test(path) ? plainSecretsIn(path, text) : [])];
  });
  return (await Promise.all(findings)).flat();
}

function keysIn(file: string, text: string): Finding[] {
  const at = text.search(new RegExp(secretKeyPattern));
  if (at < 0) return [];
  return [
    {
      ...headOf(keyCommitted),
      message: `${file} holds an age key`,
      hint: `git rm --cached -- ${file}; where it was pushed, the key is known: platform secrets rotate <environment>, and change the values`,
      place: { file, line: text.slice(0, at).split('\n').length },
    },
  ];
}

function plainSecretsIn(file: string, text: string): Finding[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines });
  return (Array.isArray(documents) ? documents : []).flatMap((document) => {
    if (document.errors.length > 0 || !isMap(document.contents)) return [];
    return plainEntriesOf(document.toJS() as KubeObject).map(({ object, path }): Finding => {
      const node = document.getIn(path, true);
      const line = isNode(node) && node.range ? lines.linePos(node.range[0]).line : undefined;
      const named = typeof (object as Partial<KubeObject>).metadata?.name === 'string';
      return {
        ...headOf(secretPlaintext),
        message: `${path.join('.')} is not encrypted`,
        hint: encryptHint,
        object: named ? formatRef(refOf(object)) : undefined,
        place: { file, line },
      };
    });
  });
}

/** Of an object, or of each in a `List`; with the way there from the top of the document. */
function plainEntriesOf(
  object: KubeObject,
): { readonly object: KubeObject; readonly path: readonly (string | number)[] }[] {
  const items = object.kind === 'List' ? object['items'] : undefined;
  if (!Array.isArray(items)) {
    const path = plainEntry(object);
    return path === undefined ? [] : [{ object, path }];
  }
  return (items as (KubeObject | null)[]).flatMap((item, index) =>
    item === null
      ? []
      : plainEntriesOf(item).map((found) => ({ ...found, path: ['items', index, ...found.path] })),
  );
}

function sharedKeys(
  files: ReadonlyMap<string, readonly SecretFile[]>,
  recipients: ReadonlyMap<string, readonly string[]>,
): Finding[] {
  const owners = new Map<string, string>();
  const findings: Finding[] = [];
  for (const [name, own] of files) {
    for (const recipient of new Set([
      ...(recipients.get(name) ?? []),
      ...own.flatMap((file) => file.recipients),
    ])) {
      const other = owners.get(recipient);
      owners.set(recipient, other ?? name);
      if (other === undefined) continue;
      findings.push({
        ...headOf(keyShared),
        message: `${other} and ${name} have the same age key, ${recipient}`,
        hint: `platform secrets rotate ${name}`,
        place: { file: own.find((file) => file.recipients.includes(recipient))?.path ?? valuesFile(name) },
      });
    }
  }
  return findings;
}

function wrongRecipients(
  files: ReadonlyMap<string, readonly SecretFile[]>,
  recipients: ReadonlyMap<string, readonly string[]>,
): Finding[] {
  return [...files].flatMap(([name, own]) => {
    const wanted = recipients.get(name);
    if (wanted === undefined) return []; // encrypted by hand, for whom a person chose
    return own
      .filter((file) => file.recipients.length > 0)
      .filter((file) => [...file.recipients].sort().join() !== [...wanted].sort().join())
      .map(({ path, recipients: found }): Finding => ({
        ...headOf(otherRecipient),
        message: `${path} is encrypted for ${found.join(', ')}, and ${name} has ${wanted.join(', ')}`,
        hint: `sops updatekeys ${path}`,
        place: { file: path },
      }));
  });
}

function headOf({ code, severity }: RepositoryCode): Pick<Finding, 'code' | 'severity'> {
  return { code, severity };
}
