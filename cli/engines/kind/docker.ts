import { PlatformError } from '../../errors/platform-error.ts';
import type { Run } from '../../ports/run.ts';
import { compareText } from '../../values/compare-text.ts';

/** One node of a kind cluster. */
export interface NodeContainer {
  readonly name: string;
  /** Full id: a container that was made anew under the same name has another. */
  readonly id: string;
  /** As Docker says: running, exited, paused, restarting, created, dead. */
  readonly state: string;
  readonly role: string;
}

/** A network that a node is in. */
export interface NodeNetwork {
  /** The host's address in it; empty where Docker runs in a machine of its own. */
  readonly gateway: string;
  readonly id: string;
}

/** Docker answers at once, or hangs. */
const askMs = 20_000;

export interface Docker {
  /** @throws {PlatformError} TOOL_MISSING, ENGINE_FAILED when no daemon answers. */
  require(): Promise<void>;
  /** The nodes of a cluster, by kind's labels, the control plane first. */
  nodes(cluster: string): Promise<NodeContainer[]>;
  start(names: readonly string[]): Promise<void>;
  /** @param graceSeconds From TERM to KILL. */
  stop(names: readonly string[], graceSeconds: number): Promise<void>;
  unpause(names: readonly string[]): Promise<void>;
  networks(node: string): Promise<NodeNetwork[]>;
  /** Runs a line of bash in a node, for 5 s at most; its exit code and output are the answer. */
  shell(node: string, line: string): Promise<{ exitCode: number; stdout: string }>;
  /** The newest lines that a container printed. */
  logs(container: string, tail: number): Promise<string>;
  /** Which of these images the daemon has. */
  images(names: readonly string[]): Promise<string[]>;
  /** The ids (`sha256:…`) of those of these images that the daemon has. */
  imageIds(names: readonly string[]): Promise<Map<string, string>>;
}

/** Whether a daemon answers; fast where there is no docker at all. */
export async function dockerAnswers(run: Run): Promise<boolean> {
  try {
    const { stdout } = await run({
      tool: 'docker',
      args: ['version', '--format={{.Server.Version}}'],
      timeoutMs: 5_000,
    });
    return stdout.trim() !== '';
  } catch (error) {
    if (error instanceof PlatformError) return false;
    throw error;
  }
}

/** What the engine `auto` stands for on this machine now. */
export async function autoEngine(run: Run): Promise<'kind' | 'embedded'> {
  return (await dockerAnswers(run)) ? 'kind' : 'embedded';
}

/** The Docker of this machine, by its command line, which knows contexts and DOCKER_HOST. */
export function dockerWith(run: Run): Docker {
  const quietly = async (args: readonly string[], timeoutMs = askMs): Promise<void> => {
    await docker(args, timeoutMs);
  };
  const docker = async (args: readonly string[], timeoutMs = askMs): Promise<string> =>
    (await run({ tool: 'docker', args, timeoutMs })).stdout;
  const imageIds: Docker['imageIds'] = async (names) => {
    const format = '{{.Repository}}:{{.Tag}}\t{{.ID}}';
    const printed = await docker(['images', '--no-trunc', `--format=${format}`]);
    const rows = printed.split('\n').map((line) => line.split('\t') as [string, string]);
    return new Map(rows.filter(([name]) => names.includes(name)));
  };
  return {
    require: async () => {
      try {
        await docker(['version', '--format={{.Server.Version}}']);
      } catch (error) {
        if (!(error instanceof PlatformError) || error.code === 'TOOL_MISSING') throw error;
        throw new PlatformError(
          'ENGINE_FAILED',
          `no Docker daemon answers: ${lastLine(error.message)}`,
          'Start it: sudo systemctl start docker (Linux), or open Docker Desktop; then run the same command again',
          { cause: error },
        );
      }
    },
    nodes: async (cluster) => {
      const format = '{{.Names}}\t{{.ID}}\t{{.State}}\t{{.Label "io.x-k8s.kind.role"}}';
      const filter = `label=io.x-k8s.kind.cluster=${cluster}`;
      const printed = await docker(['ps', '--all', '--no-trunc', `--filter=${filter}`, `--format=${format}`]);
      return printed
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => {
          const [name = '', id = '', state = '', role = ''] = line.split('\t');
          return { name, id, state, role };
        })
        .sort((a, b) => compareText(a.role, b.role) || compareText(a.name, b.name));
    },
    start: async (names) => quietly(['start', ...names], 120_000),
    stop: async (names, graceSeconds) =>
      quietly(['stop', `--time=${String(graceSeconds)}`, ...names], 120_000),
    unpause: async (names) => quietly(['unpause', ...names]),
    networks: async (node) => {
      const printed = await docker(['inspect', '--format={{json .NetworkSettings.Networks}}', node]);
      const networks = JSON.parse(printed) as Record<string, { Gateway?: string; NetworkID?: string }>;
      return Object.values(networks).map(({ Gateway = '', NetworkID = '' }) => ({
        gateway: Gateway,
        id: NetworkID,
      }));
    },
    shell: async (node, line) =>
      run({
        tool: 'docker',
        args: ['exec', node, 'timeout', '5', 'bash', '-c', line],
        timeoutMs: askMs,
        okExitCodes: Array.from({ length: 256 }, (_, code) => code),
      }),
    logs: async (container, tail) => {
      const args = ['logs', `--tail=${String(tail)}`, container];
      const { stdout, stderr } = await run({ tool: 'docker', args, timeoutMs: askMs });
      return stdout + stderr;
    },
    images: async (names) => [...(await imageIds(names)).keys()],
    imageIds,
  };
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? '';
}
