import { dirname, join } from 'node:path';
import { parseDocument } from 'yaml';
import { isExecutable, readTextIfThere } from '../ports/files.ts';
import { freeBytes, isWritable, nodeVersion } from '../ports/machine.ts';
import { probe } from '../ports/probe.ts';
import type { Check } from './doctor.ts';
import { pathOnlyHints } from './locate-tool.ts';
import { programs } from './programs.ts';
import { findExecutable, firstVersion, type ToolchainDeps } from './resolve-program.ts';
import { compareVersions, versions } from './versions.ts';

/** Go's module and build caches after all programs were built from nothing (linux-amd64), in MB. */
const goCachesMb = 7_300;
/** Room for the data and logs of one embedded cluster, in MB. */
const clusterMb = 1_000;

type Deps = ToolchainDeps;

/**
 * Everything but the pinned programs: Node, git, Docker, disk, folders, kubeconfig.
 *
 * @param missing  Programs that are nowhere yet. @param compiles Whether Go has to build any of them.
 */
export async function machineChecks(
  deps: Deps,
  missing: readonly string[],
  compiles: boolean,
): Promise<Check[]> {
  const { state, cache, config } = deps.locations;
  const checks = [
    nodeCheck(),
    gitCheck(deps),
    gitBackendCheck(deps),
    sshCheck(deps),
    dockerCheck(deps),
    diskCheck(deps, missing, compiles),
    folderCheck('state folder', state, 'clusters and their data', 'XDG_STATE_HOME'),
    folderCheck('cache folder', cache, 'outside programs', 'XDG_CACHE_HOME'),
    folderCheck('config folder', config, 'keys and tokens', 'XDG_CONFIG_HOME'),
    ...deps.locations.kubeconfigs.map(kubeconfigCheck),
  ];
  return Promise.all(checks);
}

async function nodeCheck(): Promise<Check> {
  const found = nodeVersion();
  const common = { name: 'node', engine: 'all', use: 'runs this CLI', found } as const;
  if (compareVersions(found, versions.node) >= 0) return Promise.resolve({ ...common, state: 'ok' });
  return Promise.resolve({
    ...common,
    state: 'missing',
    fix: `${versions.node} or newer: https://nodejs.org/en/download`,
  });
}

async function gitCheck(deps: Deps): Promise<Check> {
  const common = { name: 'git', engine: 'all', use: 'holds what the cluster follows' } as const;
  const git = await findExecutable(deps.locations.path, 'git');
  if (git === undefined) {
    return { ...common, state: 'missing', found: 'not on PATH', fix: pathOnlyHints.git };
  }
  const version = firstVersion(await probe(git, ['--version']));
  const found = `${version ?? 'of unknown version'} (${git})`;
  if (compareVersions(version ?? '0', versions.git) >= 0) return { ...common, state: 'ok', found };
  return { ...common, state: 'missing', found, fix: `${versions.git} or newer. ${pathOnlyHints.git}` };
}

/** Some distributions pack it apart from git. */
async function gitBackendCheck(deps: Deps): Promise<Check> {
  const common = {
    name: 'git http-backend',
    engine: 'embedded',
    use: 'lets Flux read the repository',
  } as const;
  const git = await findExecutable(deps.locations.path, 'git');
  const folder = git === undefined ? undefined : (await probe(git, ['--exec-path']))?.trim();
  const program = folder === undefined ? undefined : join(folder, 'git-http-backend');
  if (program !== undefined && (await isExecutable(program)))
    return { ...common, state: 'ok', found: program };
  const fix =
    'Install the package that holds it: apk add git-daemon, dnf install git-core, or git from source';
  return { ...common, state: 'missing', found: 'not part of this git', fix };
}

/** Comes with ssh itself, and is asked for only where platform.yaml names an `ssh://` remote. */
async function sshCheck(deps: Deps): Promise<Check> {
  const common = {
    name: 'ssh-keygen',
    engine: 'all',
    use: 'the deploy key of an ssh:// git remote',
  } as const;
  const found = await findExecutable(deps.locations.path, 'ssh-keygen');
  if (found !== undefined) return { ...common, state: 'ok', found };
  return { ...common, state: 'warning', found: 'not on PATH', fix: pathOnlyHints['ssh-keygen'] };
}

async function dockerCheck(deps: Deps): Promise<Check> {
  const common = { name: 'docker', engine: 'kind', use: 'runs the nodes of kind' } as const;
  const docker = await findExecutable(deps.locations.path, 'docker');
  if (docker === undefined) {
    return { ...common, state: 'missing', found: 'not on PATH', fix: pathOnlyHints.docker };
  }
  const server = (await probe(docker, ['version', '--format', '{{.Server.Version}}'], 5_000))?.trim();
  if (server) return { ...common, state: 'ok', found: `daemon ${server} answers` };
  const fix = 'Start it: sudo systemctl start docker (Linux), or open Docker Desktop. See: docker version';
  return { ...common, state: 'missing', found: `${docker} is there, but no daemon answers`, fix };
}

async function diskCheck(deps: Deps, missing: readonly string[], compiles: boolean): Promise<Check> {
  const sizeMb = programs
    .filter(({ name }) => missing.includes(name))
    .reduce((sum, program) => sum + program.sizeMb, 0);
  const neededMb = clusterMb + sizeMb + (compiles ? goCachesMb : 0);
  const freeMb = Math.floor((await freeBytes(deps.locations.cache)) / 1e6);
  const gb = (mb: number): string => `${(mb / 1000).toFixed(1)} GB`;
  const caches = compiles ? `, Go's caches up to ${gb(goCachesMb)}` : '';
  const parts = missing.length > 0 ? ` (programs ${gb(sizeMb)}${caches})` : '';
  const found = `${gb(freeMb)} free, ${gb(neededMb)} needed${parts}`;
  const common = { name: 'disk', engine: 'all', use: 'programs and cluster data', found } as const;
  if (freeMb >= neededMb) return { ...common, state: 'ok' };
  return { ...common, state: 'missing', fix: `Free some space: df -h ${dirname(deps.locations.cache)}` };
}

async function folderCheck(name: string, path: string, use: string, variable: string): Promise<Check> {
  const common = { name, engine: 'all', use } as const;
  if (await isWritable(path)) return { ...common, state: 'ok', found: path };
  const fix = `Make it yours, or name another one: export ${variable}=<folder>`;
  return { ...common, state: 'missing', found: `${path} cannot be written`, fix };
}

async function kubeconfigCheck(path: string): Promise<Check> {
  const common = { name: 'kubeconfig', engine: 'all', use: 'lets kubectl reach the cluster' } as const;
  const text = await readTextIfThere(path).catch(() => null);
  if (text === undefined) return { ...common, state: 'ok', found: `${path} is not there; it will be made` };
  if (text === null) {
    return { ...common, state: 'missing', found: `${path} cannot be read`, fix: `ls -l ${path}` };
  }
  const [problem] = parseDocument(text).errors;
  if (!problem) return { ...common, state: 'ok', found: path };
  const found = `${path} is no YAML (${problem.code})`; // its message quotes the file, which holds secrets
  return {
    ...common,
    state: 'missing',
    found,
    fix: `Mend it, or name another one: export KUBECONFIG=<file>`,
  };
}
