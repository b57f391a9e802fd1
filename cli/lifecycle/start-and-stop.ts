import type { ClusterAccess, Engine } from '../engines/engine.ts';
import { notOurs } from '../engines/existing/existing-engine.ts';
import { addContext, currentHere } from '../engines/kubeconfig.ts';
import { PlatformError } from '../errors/platform-error.ts';
import type { Deps } from '../ports/deps.ts';
import { fileTrouble } from '../ports/file-trouble.ts';
import { quote } from '../ports/run.ts';
import { connectRoot } from '../reconcile/connect-root.ts';
import { readSource } from '../reconcile/request-fetch.ts';
import { rootSpecOf } from './bootstrap.ts';
import type { ClusterToEnd } from './cluster-to-end.ts';
import { gitSourceOf } from './git-source.ts';
import { readJournal, type Journal } from './journal.ts';
import type { OpenCluster } from './open-cluster.ts';
import type { Step } from './steps.ts';

/**
 * Starts the processes of a cluster that exists, and tells Flux where its repository is served now.
 * The last step throws CLUSTER_UNFINISHED where no bootstrap came so far as to tell Flux of a repository.
 *
 * @param fluxMs How long Flux's controllers may take, in milliseconds; by default, what suits the engine.
 */
export function startSteps(
  deps: Pick<Deps, 'root' | 'run' | 'connect' | 'clock' | 'locations'>,
  { environment, engine, kept }: OpenCluster,
  fluxMs?: number,
): Step[] {
  if (engine.name === 'existing') throw notOurs(environment.name);
  const spec = { environment, repository: kept.repository };
  return [
    {
      title: `start the cluster (${engine.name})`,
      run: async (say) => {
        const { state } = await engine.status();
        await engine.start(spec, say);
        return state === 'running' ? 'already' : 'done';
      },
    },
    { title: 'start Flux', run: async (say) => engine.installFlux(spec, say, fluxMs) },
    {
      title: 'bring your kubeconfig up to date',
      run: async () => ((await addContext(deps, await accessOf(engine), false)).changed ? 'done' : 'already'),
    },
    {
      title: 'connect Flux to the repository',
      run: async () => {
        const access = await accessOf(engine);
        const kube = await deps.connect(access.kubeconfig, access.context);
        const source = await gitSourceOf(deps, engine, spec, kept);
        // A rebuild that was stopped holds the cluster at a commit until it has compared.
        const journal = await readJournal(kept.journal);
        if (!(await readSource(kube)).url) throw unfinished(environment.name, journal);
        const commit = journal?.phase === 'rebuilding' ? journal.commit : undefined;
        return connectRoot(kube, await rootSpecOf(deps, environment, engine, source, commit));
      },
    },
  ];
}

/** What Flux is connected to comes last of all, after namespaces and secrets, which only a bootstrap makes. */
function unfinished(name: string, journal: Journal | undefined): PlatformError {
  const [command, what] = journal
    ? ['nuke-and-rebuild', 'a nuke-and-rebuild']
    : ['bootstrap', 'the bootstrap'];
  return new PlatformError(
    'CLUSTER_UNFINISHED',
    `${name} runs, and ${what} that made it was stopped before Flux had anything to apply`,
    `platform ${command} ${name}`,
  );
}

async function accessOf(engine: Engine): Promise<ClusterAccess> {
  const access = await engine.access();
  if (!access) throw new Error('a cluster that was started cannot be reached');
  return access;
}

export function stopSteps({ environment, engine }: Pick<ClusterToEnd, 'environment' | 'engine'>): Step[] {
  if (engine.name === 'existing') throw notOurs(environment.name);
  return [
    {
      title: `stop the cluster (${engine.name})`,
      run: async (say) => {
        const { state } = await engine.status();
        if (state === 'stopped') return 'already';
        await engine.stop(say);
        return 'done';
      },
    },
  ];
}

/**
 * What kubectl does while a cluster is stopped. Its context stays, and stays current: with another one, what was meant for this
 * cluster would reach that one.
 *
 * @returns Nothing where kubectl uses another context, or the kubeconfig cannot be read: stopping needs none.
 */
export async function contextWhileStopped(
  { locations }: Pick<Deps, 'locations'>,
  { access }: Pick<ClusterToEnd, 'access'>,
): Promise<{ readonly says: readonly string[]; readonly next: readonly string[] }> {
  const nothing = { says: [], next: [] };
  try {
    const current = access && (await currentHere({ locations }, access));
    if (!current) return nothing;
    const { context, previous } = current;
    const says = `kubectl still uses its context, ${context}; nothing answers there until it is started again.`;
    return {
      says: [says],
      next: previous === undefined ? [] : [`kubectl config use-context ${quote(previous)}`],
    };
  } catch (error) {
    if (error instanceof PlatformError || fileTrouble(error)) return nothing;
    throw error;
  }
}
