import type { Attach } from './attach.ts';
import type { Clock } from './clock.ts';
import type { Downloads } from './downloads/downloads.ts';
import type { Guard } from './guard.ts';
import type { Kube } from './kube.ts';
import type { Locations } from './locations.ts';
import type { Progress } from './progress.ts';
import type { Run } from './run.ts';
import type { Terminal } from './terminal.ts';

/**
 * What the outside gives to every command: made once in deps.ts, passed as an argument, never imported.
 * A function asks for the part it uses: `Pick<Deps, 'run' | 'clock'>`.
 */
export interface Deps {
  /** The repository's root: the nearest folder at or above the working directory (or `-C`) with a platform.yaml. */
  readonly root: string;
  /** Where the CLI itself lies: the folder of package.json, with dist/ and cli/toolchain/go/. */
  readonly home: string;
  readonly run: Run;
  readonly attach: Attach;
  readonly guard: Guard;
  readonly clock: Clock;
  readonly terminal: Terminal;
  readonly progress: Progress;
  readonly locations: Locations;
  /** What can be fetched from outside: programs for the toolchain, lists of tags. */
  readonly downloads: Downloads;
  /** Aborted by the first Ctrl-C, SIGTERM or SIGHUP: finish the current step, then stop. */
  readonly interrupted: AbortSignal;
  /**
   * Runs work that must not be cut in half: while it lasts the first Ctrl-C only aborts `interrupted`, and the second
   * stops at once. Outside of it every Ctrl-C stops at once.
   */
  readonly shield: <T>(work: () => Promise<T>) => Promise<T>;
  /** Opens a context of a kubeconfig file; the current one by default. Each call then has `timeoutMs`, 30 s by default. */
  readonly connect: (kubeconfig: string, context?: string, timeoutMs?: number) => Promise<Kube>;
}
