import { closest } from '../../errors/did-you-mean.ts';
import { PlatformError } from '../../errors/platform-error.ts';
import type { Locations } from '../../ports/locations.ts';
import type { ClusterAccess } from '../engine.ts';
import {
  readEntry,
  readKubeconfig,
  sections,
  type KubeconfigFile,
  type Section,
} from '../kubeconfig-files.ts';

/** A context of the user's kubeconfig, with the API server that it leads to. */
export interface FoundContext extends ClusterAccess {
  /** As the kubeconfig has it: `https://host:port`. */
  readonly server: string;
}

type Places = Pick<Locations, 'kubeconfigs'>;

/**
 * Looks a context up in the user's kubeconfig files, which are only read. The current context does not matter.
 *
 * @param context As values name it.
 * @param environment Whose values, for the hints.
 * @throws {PlatformError} KUBECONFIG_UNUSABLE when no file has it, when its cluster or user is missing, or when these lie in
 *   several files; also for a file that is broken.
 */
export async function findContext(
  { kubeconfigs }: Places,
  context: string,
  environment: string,
): Promise<FoundContext> {
  const files = await readAll(kubeconfigs);
  const found = whole(files, context);
  if (typeof found === 'object') return found;
  throw new PlatformError(
    'KUBECONFIG_UNUSABLE',
    found === 'unknown'
      ? unknownContext(files, context)
      : found === 'scattered'
        ? `the context ${context} has its cluster and its user in several kubeconfig files`
        : `the context ${context} names a cluster or a user that no kubeconfig file has`,
    found === 'scattered'
      ? `kubectl config view --flatten --minify --context=${context} > ${context}.kubeconfig && export KUBECONFIG=$PWD/${context}.kubeconfig`
      : `kubectl config get-contexts, then edit cluster.context in clusters/${environment}/values.yaml`,
  );
}

/** As {@link findContext}; undefined where there is no such context that can be used. */
export async function lookForContext(
  { kubeconfigs }: Places,
  context: string,
): Promise<FoundContext | undefined> {
  const found = whole(await readAll(kubeconfigs), context);
  return typeof found === 'object' ? found : undefined;
}

async function readAll(paths: readonly string[]): Promise<KubeconfigFile[]> {
  return Promise.all([...new Set(paths)].map(async (path) => readKubeconfig(path)));
}

/** kubectl takes each entry from the first file that has it; one file is enough when that is the same for all three. */
function whole(
  files: readonly KubeconfigFile[],
  context: string,
): FoundContext | 'unknown' | 'scattered' | 'incomplete' {
  const holder = (section: Section, name: unknown): KubeconfigFile | undefined =>
    typeof name === 'string' ? files.find((file) => readEntry(file, section, name)) : undefined;
  const home = holder('contexts', context);
  if (!home) return 'unknown';
  const { cluster, user } = readEntry(home, 'contexts', context) ?? {};
  const others = [holder('clusters', cluster), holder('users', user)];
  if (others.includes(undefined)) return 'incomplete';
  if (others.some((file) => file !== home)) return 'scattered';
  const server = readEntry(home, 'clusters', String(cluster))?.['server'];
  return { kubeconfig: home.path, context, server: String(server) };
}

function unknownContext(files: readonly KubeconfigFile[], context: string): string {
  const names = files.flatMap(contextNames);
  const guess = closest(context, names);
  const where = files.map(({ path }) => path).join(', ');
  const known = names.length === 0 ? 'none is there' : `there are ${names.join(', ')}`;
  return `no context ${context} in ${where}; ${guess === undefined ? known : `did you mean ${guess}?`}`;
}

function contextNames({ document }: KubeconfigFile): string[] {
  const { contexts } = document.toJS() as Record<
    keyof typeof sections,
    { name?: string }[] | null | undefined
  >;
  return (contexts ?? []).flatMap(({ name }) => (name === undefined ? [] : [name]));
}
