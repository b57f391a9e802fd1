import { attachWith } from './ports/attach.ts';
import { systemClock } from './ports/clock.ts';
import type { Deps } from './ports/deps.ts';
import { systemDownloads } from './ports/downloads/downloads.ts';
import { guardWith } from './ports/guard.ts';
import { listenToInterrupts } from './ports/interrupt.ts';
import { locationsFrom } from './ports/locations.ts';
import { lineProgress } from './ports/progress-lines.ts';
import { liveProgress } from './ports/progress-live.ts';
import { findRepositoryRoot } from './ports/repository-root.ts';
import { runWithExeca, type ToolName } from './ports/run.ts';
import { systemTerminal } from './ports/terminal.ts';
import { withWorkingLine } from './ports/working-line.ts';

/** Options that every command takes. */
export interface GlobalOptions {
  /** `-C <dir>`: work as if started there. */
  readonly C?: string;
  readonly json?: boolean;
  readonly verbose?: boolean;
  /** false with --no-color. */
  readonly color?: boolean;
}

/** What the process was started with: read in main.ts, nowhere else. */
export interface Start {
  readonly env: NodeJS.ProcessEnv;
  readonly directory: string;
  /** The folder of package.json: where the CLI itself lies. */
  readonly home: string;
}

/**
 * Everything that commands get from outside. Call once: it listens to signals.
 *
 * @param name What a live terminal shows until the command has something to say.
 */
export function createDeps({ env, directory, home }: Start, options: GlobalOptions, name: string): Deps {
  const terminal = withWorkingLine(systemTerminal(env, options.color === false), name);
  const locations = locationsFrom(env);
  const progress = terminal.live ? liveProgress(terminal, systemClock) : lineProgress(terminal, systemClock);
  const downloads = systemDownloads(env);
  const base = { clock: systemClock, locations, home, progress, downloads };
  let locate: ((tool: ToolName) => Promise<string>) | undefined;
  const locateTool = async (tool: ToolName): Promise<string> => {
    const { toolLocator } = await import('./toolchain/locate-tool.ts');
    locate ??= toolLocator(base);
    return locate(tool);
  };
  return {
    ...base,
    get root() {
      return findRepositoryRoot(options.C ?? directory);
    },
    run: runWithExeca(locateTool),
    attach: attachWith(locateTool),
    guard: guardWith(locateTool),
    terminal,
    ...listenToInterrupts({
      stopping: (line) => {
        progress.note(line);
      },
      stopped: (line) => {
        terminal.err(`\n${line}\n`); // below the line of the step that it ends
      },
    }),
    connect: async (kubeconfig, context, timeoutMs) => {
      const { connectKube } = await import('./ports/kube-client.ts');
      return connectKube(kubeconfig, context, timeoutMs);
    },
  };
}
