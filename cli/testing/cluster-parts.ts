import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { partsWith } from '../engines/embedded/components.ts';
import type { PartStatus, SupervisorPlan, SupervisorStatus } from '../engines/supervisor/plan.ts';
import type { Machine, Ran } from './e2e-machine.ts';

/** The parts of an embedded cluster without components of the infrastructure. */
export const partNames: readonly string[] = partsWith([]).map(({ name }) => name);

/** One part as `platform status --json` tells of it. */
export interface ShownPart {
  readonly name: string;
  readonly state: string;
  readonly restarts: number;
  readonly lastExit?: { readonly reason: string };
  readonly log: string;
}

/** The embedded cluster of `dev` on a machine, from below: its files and its processes. */
export interface ClusterParts {
  /** The folder that is the cluster. */
  readonly state: string;
  readonly recorded: () => SupervisorStatus;
  readonly part: (name: string) => PartStatus;
  readonly pidOf: (name: string) => number;
  readonly signal: (name: string, signal: NodeJS.Signals) => void;
  /** The port that a part serves on; of the supervisor, its git server's. */
  readonly portOf: (name: string) => number;
  readonly shown: () => Promise<{ state: string; exitCode: number | null; parts: ShownPart[] }>;
  /** What `platform status` tells people. */
  readonly told: () => Promise<Ran>;
  /** Waits until status exits with 0: every part answers, and everything in the cluster is Ready. */
  readonly whole: (timeoutMs?: number) => Promise<void>;
  /** Pushes an empty commit. @returns Its hash. */
  readonly push: () => string;
  /** Waits until Flux has applied a commit. */
  readonly applied: (commit: string, timeoutMs?: number) => Promise<void>;
  readonly damageStatus: () => void;
}

export function clusterParts(machine: Machine): ClusterParts {
  const state = join(machine.home, '.local/state/platform/acme/dev');
  const read = (path: string): unknown => JSON.parse(readFileSync(join(state, 'run', path), 'utf8'));
  const recorded = (): SupervisorStatus => read('status.json') as SupervisorStatus;
  const part = (name: string): PartStatus => {
    const found = recorded().parts.find((one) => one.name === name);
    if (!found) throw new Error(`there is no part ${name}`);
    return found;
  };
  const pidOf = (name: string): number => {
    const pid = name === 'supervisor' ? recorded().supervisor.pid : part(name).pid;
    if (pid === undefined) throw new Error(`${name} does not run`);
    return pid;
  };
  const shown: ClusterParts['shown'] = async () => {
    const { document, exitCode } = await machine.json('status', 'dev');
    const data = document.data as { state: string; parts: ShownPart[] } | null;
    if (!data) throw new Error(JSON.stringify(document.error));
    return { state: data.state, parts: data.parts, exitCode };
  };
  return {
    state,
    recorded,
    part,
    pidOf,
    signal: (name, signal) => process.kill(pidOf(name), signal),
    portOf: (name) => {
      const plan = read('supervisor.json') as SupervisorPlan;
      if (name === 'supervisor') return plan.git.port;
      return Number(new URL(plan.parts.find((one) => one.name === name)?.ready?.url ?? '').port);
    },
    shown,
    told: async () => machine.platform('status', 'dev'),
    whole: async (timeoutMs = 90_000) => {
      await vi.waitFor(
        async () => {
          const { exitCode, stdout } = await machine.platform('status', 'dev');
          expect(exitCode, stdout).toBe(0);
        },
        { timeout: timeoutMs, interval: 250 },
      );
    },
    push: () => {
      machine.git('commit', '--quiet', '--allow-empty', '--message', 'Nothing');
      machine.git('push', '--quiet', 'dev', 'HEAD:main');
      return machine.git('rev-parse', 'HEAD').trim();
    },
    applied: async (commit, timeoutMs = 60_000) => {
      const field = 'jsonpath={.status.lastAppliedRevision}';
      const get = ['get', 'kustomization', 'platform', '--namespace=flux-system', `--output=${field}`];
      await vi.waitFor(async () => expect(await machine.kubectl(...get)).toContain(commit), {
        timeout: timeoutMs,
        interval: 200,
      });
    },
    damageStatus: () => writeFileSync(join(state, 'run/status.json'), '{"formatVersion": 1, "superv'),
  };
}

/** Listens on a port of the loopback interface, as soon as it is free, and never answers. */
export async function occupy(port: number): Promise<Server> {
  const server = createServer();
  server.on('connection', (socket) => socket.on('error', () => socket.destroy()));
  await vi.waitFor(
    async () =>
      new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
          server.off('error', reject);
          resolve();
        });
      }),
    { timeout: 5_000, interval: 10 },
  );
  return server;
}

export function isAlive(pid: number): boolean {
  return existsSync(`/proc/${String(pid)}`);
}
