import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { embeddedEngine } from '../engines/embedded/embedded-engine.ts';
import type { ClusterSpec, EngineDeps } from '../engines/engine.ts';
import { kindEngine } from '../engines/kind/kind-engine.ts';
import { systemClock } from '../ports/clock.ts';
import { connectKube } from '../ports/kube-client.ts';
import type { Kube } from '../ports/kube.ts';
import { locationsFrom } from '../ports/locations.ts';
import { runWithExeca } from '../ports/run.ts';
import { toolLocator } from '../toolchain/locate-tool.ts';
import { repositoryRoot } from './repository-root.ts';

/** A cluster that was there before: its API server and Flux's controllers are real, and it knows of no environment. */
export interface BorrowedCluster {
  readonly kubeconfig: string;
  readonly kube: Kube;
  readonly kubectl: (args: readonly string[], input?: object) => Promise<string>;
  /** `kind/name` of what `kubectl get` finds; empty where it finds nothing. */
  readonly names: (...args: string[]) => Promise<string[]>;
  /** Puts Flux's definitions in place and lets its controllers run; they are processes, no Deployments. */
  readonly startControllers: () => Promise<void>;
  readonly remove: () => Promise<void>;
}

const quiet = (): void => undefined;

/** Of a cluster in Docker. */
interface KindOptions {
  /** Nodes for pods. */
  readonly nodes: number;
  readonly nodeImage: string | undefined;
  readonly registryMirrors: Readonly<Record<string, string>>;
}

/**
 * @param folder Where its state lies.
 * @param client Its context is `<client>-borrowed`.
 * @param kind   Makes it of real nodes, which get their images from registries. By default it is of plain processes.
 */
export async function borrowCluster(
  folder: string,
  client: string,
  kind?: KindOptions,
): Promise<BorrowedCluster> {
  const locations = locationsFrom({ ...process.env, XDG_STATE_HOME: folder, XDG_CONFIG_HOME: folder });
  const locate = toolLocator({ locations, home: repositoryRoot });
  const deps: EngineDeps = {
    run: runWithExeca(locate),
    clock: systemClock,
    locations,
    root: repositoryRoot,
    home: repositoryRoot,
    connect: connectKube,
  };
  const where = { client, environment: 'borrowed' };
  const engine = kind ? kindEngine(deps, where) : embeddedEngine(deps, where);
  const spec: ClusterSpec = {
    repository: join(folder, 'none.git'),
    environment: {
      name: 'borrowed',
      client,
      git: { branch: 'main', ...(kind ? { remote: 'https://git.example.test/none' } : {}) }, // serves nothing
      values: {
        cluster: { nodes: 1, nodeCpu: '4', nodeMemory: '8Gi', ports: [], kubeadmPatches: [], ...kind },
      },
    } as unknown as ClusterSpec['environment'],
  };
  const { kubeconfig } = await engine.start(spec, quiet);
  const program = await locate('kubectl');
  const kubectl: BorrowedCluster['kubectl'] = async (args, input) => {
    const call = promisify(execFile)(program, ['--kubeconfig', kubeconfig, ...args]);
    call.child.stdin?.end(input === undefined ? '' : JSON.stringify(input));
    return (await call).stdout;
  };
  return {
    kubeconfig,
    kube: await connectKube(kubeconfig),
    kubectl,
    names: async (...args) =>
      (await kubectl(['get', ...args, '--output=name', '--ignore-not-found'])).split('\n').filter(Boolean),
    startControllers: async () => {
      await engine.installFlux(spec, quiet);
    },
    remove: async () => {
      await engine.delete(quiet);
    },
  };
}
