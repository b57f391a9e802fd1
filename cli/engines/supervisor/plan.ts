/** A question that a part, or the API server, answers over HTTP. All paths are absolute. */
export interface Probe {
  readonly url: string;
  readonly caFile?: string | undefined;
  readonly clientCertificate?: { readonly certFile: string; readonly keyFile: string } | undefined;
  readonly tokenFile?: string | undefined;
  /**
   * By default the answer is yes when the status is 200. `established`: when a CustomResourceDefinition is served, too;
   * `items`: when a list is not empty.
   */
  readonly expect?: 'established' | 'items' | undefined;
}

/** One process of a cluster, resolved to what is started. */
export interface PartPlan {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Parts that must have been ready once before this one is started for the first time. */
  readonly after: readonly string[];
  /** What else must be so before each start. */
  readonly when: readonly Probe[];
  /** Says whether anything needs it: asked before each start; a part that runs stays. By default something does. */
  readonly wanted?: Probe | undefined;
  /** Without one, a part is ready as soon as it runs. */
  readonly ready?: Probe | undefined;
  readonly log: string;
}

/** `run/supervisor.json`: all that the supervisor needs to know. It reads nothing else and no environment. */
export interface SupervisorPlan {
  readonly formatVersion: 1;
  /** In the order of start; stopped in reverse. */
  readonly parts: readonly PartPlan[];
  /** The folder for temporary files of the parts, which may vanish; see temporary-folder.ts. */
  readonly temporary?: string | undefined;
  readonly git: {
    readonly name: string;
    readonly repository: string;
    readonly branch: string;
    readonly username: string;
    readonly password: string;
    /** An address of this machine; 127.0.0.1 by default. */
    readonly listen?: string | undefined;
    /** Bound for as long as the supervisor lives: that no second one can is what keeps two from one cluster. */
    readonly port: number;
    readonly env: Readonly<Record<string, string>>;
  };
  /** The GitRepository to wake when the branch moved. */
  readonly notify: { readonly url: string; readonly caFile: string; readonly tokenFile: string };
}

export interface PartStatus {
  readonly name: string;
  /** waiting: for the parts it comes after. idle: nothing needs it. restarting: it died, and the back-off runs. */
  readonly state: 'waiting' | 'idle' | 'starting' | 'running' | 'restarting' | 'stopped';
  /** The newest answer of its readiness probe. */
  readonly ready: boolean;
  readonly pid?: number | undefined;
  readonly startTime?: string | undefined;
  /** Milliseconds from the supervisor's start to the first time it was ready. */
  readonly readyAfterMs?: number | undefined;
  /** How often it was started again since the supervisor started. */
  readonly restarts: number;
  /** How often in a row it ended without having been ready; 0 as soon as it is. */
  readonly failedStarts?: number | undefined;
  readonly lastExit?: { readonly reason: string; readonly at: string } | undefined;
  readonly log: string;
}

/** `run/status.json`: written by the supervisor at each change, read by everyone else. */
export interface SupervisorStatus {
  readonly formatVersion: 1;
  readonly supervisor: { readonly pid: number; readonly startTime: string; readonly since: string };
  readonly state: 'running' | 'stopping' | 'stopped';
  readonly parts: readonly PartStatus[];
}

/** All in milliseconds. */
export interface Timing {
  readonly firstBackOff: number;
  readonly longestBackOff: number;
  /** A part that ran this long starts again at the first back-off. */
  readonly healthyAfter: number;
  readonly probeUntilReady: number;
  /** How often to ask whether a part is wanted. */
  readonly probeWhenIdle: number;
  readonly probeWhenReady: number;
  /** A part that does not answer for so long is killed, and started again. */
  readonly readyWithin: number;
  /** From TERM to KILL. */
  readonly grace: number;
  readonly tidyEvery: number;
  readonly pollBranchEvery: number;
}

export const defaultTiming: Timing = {
  firstBackOff: 500,
  longestBackOff: 30_000,
  healthyAfter: 60_000,
  probeUntilReady: 100,
  probeWhenIdle: 1_000,
  probeWhenReady: 5_000,
  readyWithin: 120_000,
  grace: 15_000,
  tidyEvery: 10_000,
  pollBranchEvery: 500,
};

/** A log is cut when it is longer; the part before is kept once, so a part takes twice this much. */
export const logCapBytes = 20 * 1024 * 1024;
