import { chooseEngine, type EngineChoice } from '../engines/choose-engine.ts';
import { readKubeconfig } from '../engines/kubeconfig-files.ts';
import { PlatformError } from '../errors/platform-error.ts';
import type { Deps } from '../ports/deps.ts';
import { hasRemote } from '../publish/bare-repository.ts';
import type { RemoteAddress } from '../publish/remote-address.ts';
import { remoteOf } from '../publish/remote-of.ts';
import { requirePublishable } from '../publish/publishable.ts';
import { readRepositoryState } from '../publish/repository-state.ts';
import { loadEnvironment } from '../values/load-environment.ts';
import { readAgeKey } from './age-key.ts';
import type { BootstrapPlan } from './bootstrap.ts';
import { clientChanged, earlierClusters, warningOf } from './earlier-client.ts';
import { parseGitToken } from './git-token.ts';
import { readJournal } from './journal.ts';
import { keptFiles } from './kept-files.ts';
import { staleness } from './staleness.ts';

/** How many uncommitted paths a warning names. */
const shownPaths = 3;

/**
 * Everything that must be known before a step runs: values, engine, and the commit to publish (HEAD, detached or not).
 *
 * @param tokenInput What standard input held, where a token for the git remote was to come from there.
 * @throws {PlatformError} what is wrong with values, git or the engine; nothing was done then.
 */
export async function prepareBootstrap(
  deps: Deps,
  name: string,
  asked: EngineChoice | undefined,
  timeoutMs: number,
  tokenInput?: string,
): Promise<{ plan: BootstrapPlan; warnings: string[] }> {
  const environment = await loadEnvironment(deps, name);
  const remote = remoteOf(environment);
  const gitToken = tokenFor(remote, name, tokenInput);
  const engine = await chooseEngine(deps, environment, asked);
  const earlier = await earlierClusters(deps, environment.client, name);
  if (earlier[0] && engine.name !== 'existing' && (await engine.status()).state === 'absent')
    throw clientChanged(earlier[0]);
  const { head, changed } = await readRepositoryState(deps);
  await requirePublishable(deps, name, head);
  const kept = keptFiles(deps.locations, environment.client, name);
  if (!remote) await hasRemote(deps, { path: kept.repository, environment: name });
  await readAgeKey(kept.ageKey);
  for (const path of deps.locations.kubeconfigs) await readKubeconfig(path); // not after minutes
  const warnings = earlier.map(warningOf);
  if (changed.length > 0) {
    const more = changed.length > shownPaths ? ` and ${changed.length - shownPaths} more` : '';
    warnings.push(
      `not committed, so no part of what is published: ${changed.slice(0, shownPaths).join(', ')}${more}`,
    );
  }
  // Git has what was rendered once, and that is what is published: what is wrong here stops nothing.
  warnings.push(...(await staleness(deps, name)));
  if (await readJournal(kept.journal)) {
    warnings.push(`a nuke-and-rebuild of ${name} was unfinished; this bootstrap ends it without comparing`);
  }
  return { plan: { environment, engine, commit: head, pin: false, timeoutMs, gitToken }, warnings };
}

function tokenFor(
  remote: RemoteAddress | undefined,
  environment: string,
  input: string | undefined,
): string | undefined {
  if (input === undefined) return undefined;
  if (remote?.protocol === 'https') return parseGitToken(input, environment);
  throw new PlatformError(
    'USAGE',
    remote
      ? `${remote.url} is read with a deploy key, which bootstrap makes; a token is for https:// addresses`
      : 'platform.yaml names no git remote, so there is nothing that a token would open',
    `platform bootstrap ${environment}`,
  );
}
