import { userInfo } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { PlatformError } from '../errors/platform-error.ts';

/** Where this program keeps things outside the repository: absolute paths, by the XDG base directory rules. */
export interface Locations {
  /** `…/platform` below XDG_STATE_HOME: clusters, and what outlives them. */
  readonly state: string;
  /** `…/platform` below XDG_CACHE_HOME: outside programs and their files; safe to delete. */
  readonly cache: string;
  /** `…/platform` below XDG_CONFIG_HOME: age keys, deploy keys and tokens for git. */
  readonly config: string;
  /** Folders that the user says hold outside programs (PLATFORM_TOOLS_DIR), before PATH. */
  readonly toolDirectories: readonly string[];
  /** Folders of PATH. */
  readonly path: readonly string[];
  /** The files of KUBECONFIG in their order, or `~/.kube/config`. */
  readonly kubeconfigs: readonly string[];
  /** Where docker keeps what `docker login` was told. */
  readonly dockerConfig: string;
  /** Where ssh looks for the keys of hosts, the user's file first. */
  readonly knownHosts: readonly string[];
  /** The index that git prepares a commit in, where git called us as a hook and says so (GIT_INDEX_FILE). */
  readonly gitIndex: string | undefined;
  /** The editor that the user has named for sops (SOPS_EDITOR, EDITOR): a command line. */
  readonly editor: string | undefined;
}

export function locationsFrom(env: NodeJS.ProcessEnv): Locations {
  const home = homeOf(env);
  const base = (variable: string, fallback: string): string => {
    const value = env[variable];
    return join(value?.startsWith('/') ? value : join(home, fallback), 'platform'); // the rules say: ignore relative ones
  };
  const split = (value: string | undefined): string[] =>
    (value ?? '').split(delimiter).filter((part) => part !== '');
  const dockerFolder = env['DOCKER_CONFIG'] ?? '';
  const kubeconfigs = split(env['KUBECONFIG']);
  return {
    state: base('XDG_STATE_HOME', '.local/state'),
    cache: base('XDG_CACHE_HOME', '.cache'),
    config: base('XDG_CONFIG_HOME', '.config'),
    toolDirectories: split(env['PLATFORM_TOOLS_DIR']),
    path: split(env['PATH']),
    kubeconfigs: kubeconfigs.length > 0 ? kubeconfigs : [join(home, '.kube/config')],
    dockerConfig: join(dockerFolder === '' ? join(home, '.docker') : dockerFolder, 'config.json'),
    knownHosts: [join(home, '.ssh/known_hosts'), '/etc/ssh/ssh_known_hosts'],
    editor: [env['SOPS_EDITOR'], env['EDITOR']].find((named) => named !== undefined && named !== ''),
    gitIndex: (env['GIT_INDEX_FILE'] ?? '') === '' ? undefined : resolve(env['GIT_INDEX_FILE'] ?? ''),
  };
}

/** HOME, or what the system has for this user: a service or a container may have no HOME, an empty or a relative one. */
function homeOf({ HOME }: NodeJS.ProcessEnv): string {
  if (HOME?.startsWith('/') === true) return HOME;
  try {
    const { homedir } = userInfo();
    if (homedir.startsWith('/')) return homedir;
  } catch {
    // this user is not in the list of users, as in many containers
  }
  throw new PlatformError(
    'USAGE',
    'this user has no home directory, and HOME names none',
    'export HOME=<an absolute folder>',
  );
}
