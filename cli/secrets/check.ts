import { buildEnvironment } from '../build/build-environment.ts';
import { PlatformError } from '../errors/platform-error.ts';
import { readAgeKey } from '../lifecycle/age-key.ts';
import { keptFiles } from '../lifecycle/kept-files.ts';
import type { Deps } from '../ports/deps.ts';
import { gitIn } from '../ports/git.ts';
import { openKeptBuilds } from '../toolchain/kept-builds.ts';
import type { Finding } from '../validate/finding.ts';
import {
  findRepositorySecrets,
  secretKeyPattern,
  withRepositoryFindings,
} from '../validate/repository-secrets.ts';
import { readSecretFiles } from '../validate/secret-files.ts';
import { listEnvironments, loadEnvironment } from '../values/load-environment.ts';
import { secretUses, type SecretUse } from './secret-uses.ts';
import { decrypt } from './sops.ts';

/** What is known of one environment's secrets. */
export interface CheckedSecrets {
  readonly environment: string;
  /** Encrypted files that the key opens, relative to the root. */
  readonly opened: readonly string[];
  readonly uses: readonly SecretUse[];
  readonly findings: readonly Finding[];
}

/**
 * Proves that each encrypted file opens with the key that its environment will have, and looks for keys and plain secrets in
 * the repository, its history included.
 *
 * @param names Empty for every environment there is.
 */
export async function checkSecrets(deps: Deps, names: readonly string[]): Promise<CheckedSecrets[]> {
  const wanted = names.length > 0 ? [...new Set(names)] : await listEnvironments(deps.root);
  const builds = openKeptBuilds(deps);
  const [inRepository, inHistory, checked] = await Promise.all([
    findRepositorySecrets(deps),
    keysInHistory(deps),
    Promise.all(wanted.map(async (name) => checkEnvironment({ ...deps, builds }, name))),
  ]);
  builds.prune();
  const counted = checked.map((each) => ({ ...each, objectCount: 0 }));
  return withRepositoryFindings(counted, [...inRepository, ...inHistory]).map(({ environment, findings }) => {
    const { opened = [], uses = [] } = checked.find((each) => each.environment === environment) ?? {};
    return { environment, opened, uses, findings };
  });
}

async function checkEnvironment(
  deps: Parameters<typeof buildEnvironment>[0] & Deps,
  name: string,
): Promise<CheckedSecrets> {
  const { client } = await loadEnvironment(deps, name);
  const { ageKey } = keptFiles(deps.locations, client, name);
  const [files, key, build] = await Promise.all([
    readSecretFiles(deps.root, name),
    readAgeKey(ageKey),
    buildEnvironment(deps, name),
  ]);
  const encrypted = files.filter(({ recipients }) => recipients.length > 0).map(({ path }) => path);
  const uses = secretUses(build, files);
  if (encrypted.length > 0 && key === undefined) {
    const missing: Finding = {
      code: 'SECRET_KEY_MISSING',
      severity: 'error',
      message: `the age key is not at ${ageKey}, so nobody can say whether it opens the ${encrypted.length} encrypted files`,
      hint: `Get it from whoever keeps it, and save it with mode 0600 as ${ageKey}`,
    };
    return { environment: name, opened: [], uses, findings: [missing] };
  }
  const [opened, findings]: [string[], Finding[]] = [[], []];
  for (const path of encrypted) {
    const failure = await decrypt(deps, path, ageKey).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (failure === undefined) opened.push(path);
    else findings.push(unopened(path, failure));
  }
  return { environment: name, opened, uses, findings };
}

function unopened(file: string, error: unknown): Finding {
  if (!(error instanceof PlatformError)) throw error;
  const { code, message, hint } = error;
  return { code, severity: 'error', message, hint, place: { file } };
}

/** A key that a later commit has removed is still known to everyone who has a clone. */
async function keysInHistory({ root, run }: Deps): Promise<Finding[]> {
  const { stdout } = await gitIn(run, root).run(
    ['log', '--all', '-1', '--format=%h %s', '--name-only', '-G', secretKeyPattern],
    { okExitCodes: [0, 128] },
  );
  const [commit, , file] = stdout.split('\n');
  if (commit === undefined || file === undefined) return [];
  return [
    {
      code: 'SECRET_KEY_COMMITTED',
      severity: 'error',
      message: `the history holds an age key: ${commit}`,
      hint: 'Whoever has a clone knows it: platform secrets rotate <environment>, and change the values that it opened',
      place: { file },
    },
  ];
}
