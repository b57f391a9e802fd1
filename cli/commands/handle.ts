import type { Command } from 'commander';
import type { GlobalOptions, Start } from '../deps.ts';
import { PlatformError } from '../errors/platform-error.ts';
import { errorDocument, presentError } from '../errors/present.ts';
import type { Deps } from '../ports/deps.ts';
import { fileTrouble } from '../ports/file-trouble.ts';
import type { Terminal } from '../ports/terminal.ts';
import type { Handle, Outcome } from './outcome.ts';

/** @param setExitCode Sets what the process will end with; nothing here ends it. */
export function createHandle(start: Start, setExitCode: (code: number) => void): Handle {
  return <Args extends unknown[]>(kind: string, action: (deps: Deps, ...args: Args) => Promise<Outcome>) =>
    async (...args: [...Args, Command]) => {
      const command = args.at(-1) as Command;
      const options = command.optsWithGlobals<GlobalOptions>();
      const { createDeps } = await import('../deps.ts'); // help needs none of it
      const deps = createDeps(start, options, nameOf(command));
      const work = async (): Promise<Outcome> => action(deps, ...(args.slice(0, -1) as Args));
      setExitCode(await runAction(deps, kind, options, work));
    };
}

/** Runs one action, prints its outcome or its error once, and gives the exit code. Never rejects. */
export async function runAction(
  { terminal, interrupted }: Pick<Deps, 'terminal' | 'interrupted'>,
  kind: string,
  options: GlobalOptions,
  action: () => Promise<Outcome>,
): Promise<number> {
  try {
    const outcome = await action();
    printOutcome(terminal, kind, outcome, options);
    return outcome.exitCode ?? 0;
  } catch (thrown) {
    return printError(terminal, kind, interruptedInstead(thrown, interrupted), options);
  } finally {
    terminal.err(''); // takes the working line away where there was nothing to say
  }
}

/** `app new`: as it is typed, without the program. */
function nameOf(command: Command): string {
  const { parent } = command;
  return parent?.parent ? `${nameOf(parent)} ${command.name()}` : command.name();
}

function printOutcome(terminal: Terminal, kind: string, outcome: Outcome, options: GlobalOptions): void {
  if (options.json === true) {
    printDocument(terminal, {
      kind,
      ok: (outcome.exitCode ?? 0) === 0,
      data: outcome.data,
      warnings: outcome.warnings ?? [],
      error: null,
    });
    return;
  }
  if (outcome.text !== '') terminal.out(outcome.text.endsWith('\n') ? outcome.text : `${outcome.text}\n`);
  for (const warning of outcome.warnings ?? []) terminal.err(`${terminal.unicode ? '⚠' : '!'} ${warning}\n`);
  const next = outcome.next ?? [];
  if (next.length > 0) {
    const { dim } = terminal.errColors;
    terminal.err(`\n${dim('next:')}\n${next.map((line) => `  ${line}\n`).join('')}`);
  }
}

/** Prints a failure to standard error (and as a document to standard output with --json); gives the exit code. */
export function printError(
  terminal: Terminal,
  kind: string,
  thrown: unknown,
  options: GlobalOptions,
): number {
  const error = fileTrouble(thrown) ?? thrown;
  if (options.json === true) {
    printDocument(terminal, { kind, ok: false, data: null, warnings: [], error: errorDocument(error) });
  }
  const { red, dim } = terminal.errColors;
  terminal.err(
    presentError(error, { red, dim, unicode: terminal.unicode, verbose: options.verbose === true }),
  );
  return error instanceof PlatformError ? error.exitCode : 2;
}

function printDocument(terminal: Terminal, document: Record<string, unknown>): void {
  terminal.out(`${JSON.stringify({ apiVersion: 'platform/v1', ...document }, null, 2)}\n`);
}

/** A wait that Ctrl-C ended rejects with an AbortError; people get the sentence and the exit code for it. */
function interruptedInstead(error: unknown, signal: AbortSignal): unknown {
  if (!signal.aborted || error instanceof PlatformError || !(error instanceof Error)) return error;
  if (error.name !== 'AbortError') return error;
  return new PlatformError(
    'INTERRUPTED',
    'stopped before the end',
    'Run the same command again: it goes on where it stopped',
    {
      cause: error,
    },
  );
}
