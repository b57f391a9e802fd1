import { basename } from 'node:path';
import type { Deps } from '../ports/deps.ts';
import type { Environment, EngineName } from '../values/environment.ts';

/** How to reach a cluster: one context of one kubeconfig file that the engine owns (mode 0600). */
export interface ClusterAccess {
  readonly kubeconfig: string;
  readonly context: string;
}

/** One process or container that a cluster is made of. */
export interface EnginePart {
  readonly name: string;
  /** idle: nothing needs it, so it is not started. unresponsive: its process is there, and does not answer any more. */
  readonly state: 'running' | 'idle' | 'starting' | 'unresponsive' | 'restarting' | 'stopped' | 'failed';
  readonly pid?: number | undefined;
  /** How often it was started again after it died, since the cluster was started. */
  readonly restarts: number;
  /** The last time it ended unasked: exit code or signal, and when (ISO 8601). */
  readonly lastExit?: { readonly reason: string; readonly at: string } | undefined;
  /** Absolute path of its log, or the command that prints it. */
  readonly log: string;
}

export interface EngineStatus {
  readonly state: 'absent' | 'stopped' | 'running' | 'degraded';
  readonly parts: readonly EnginePart[];
  /** Why the API server will not answer, where that is known without waiting for it. */
  readonly silent?: string | undefined;
}

/** Where the cluster's source-controller fetches this repository from. */
export interface GitSource {
  readonly url: string;
  /** Basic-auth credentials for a Secret of type Opaque; never printed. */
  readonly username: string;
  readonly password: string;
}

/** What an engine is made from; the same for every call on one cluster. */
export interface ClusterSpec {
  readonly environment: Environment;
  /** The bare repository that the git server offers: absolute. */
  readonly repository: string;
}

/** The name under which the git server offers the repository, before `.git`. */
export function repositoryName({ repository }: ClusterSpec): string {
  return basename(repository).replace(/\.git$/, '');
}

/**
 * Where a cluster runs. Every method is idempotent: called again after it was killed half-way, it finishes.
 * `say` replaces the detail shown beside the running step.
 */
export interface Engine {
  readonly name: EngineName;
  /** What is not the real thing on this engine, in words for a person: `pods are simulated by KWOK`. */
  readonly standIns: readonly string[];
  /**
   * Creates the cluster or starts it again, and waits until its API server answers.
   *
   * @throws {PlatformError} ENGINE_FAILED, naming the part, the last lines and the path of its log.
   */
  start(spec: ClusterSpec, say: (detail: string) => void): Promise<ClusterAccess>;
  /**
   * Puts Flux's CRDs and controllers in place and waits until the controllers run; `already` when they did.
   *
   * @param timeoutMs How long they may take; by default, what suits the engine.
   * @throws {PlatformError} ENGINE_FAILED, naming the controller and why it does not run.
   */
  installFlux(
    spec: ClusterSpec,
    say: (detail: string) => void,
    timeoutMs?: number,
  ): Promise<'already' | 'done'>;
  /** Starts whatever lets the cluster read the bare repository, and says how. */
  gitSource(spec: ClusterSpec): Promise<GitSource>;
  /** Stops every process; all data stays. */
  stop(say: (detail: string) => void): Promise<void>;
  /**
   * Stops, and removes the cluster with its data; the bare repository, journal and keys stay. Of a cluster that is not ours
   * it takes Flux away, when nobody else needs it.
   *
   * @returns What stays there, one sentence each.
   */
  delete(say: (detail: string) => void): Promise<readonly string[]>;
  /** How to reach it, or undefined when there is no cluster. Starts nothing. */
  access(): Promise<ClusterAccess | undefined>;
  status(): Promise<EngineStatus>;
  /**
   * The components of the infrastructure that the cluster cannot have from git alone and was not started with: what is pushed for them
   * would fail until it is. Absent where git is enough.
   */
  lacks?(): Promise<readonly string[]>;
  /**
   * The newest lines of a part's log, where it is no file of this machine, oldest first; undefined for a part without one.
   *
   * @param part As in {@link EngineStatus}, or a controller of Flux.
   */
  partLog?(part: string, tail: number): Promise<string[] | undefined>;
}

/** The parts of Deps that engines use. */
export type EngineDeps = Pick<Deps, 'root' | 'run' | 'clock' | 'locations' | 'home' | 'connect'>;
