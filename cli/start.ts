import { CommanderError } from 'commander';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHandle, printError } from './commands/handle.ts';
import { PlatformError } from './errors/platform-error.ts';
import { systemTerminal } from './ports/terminal.ts';
import { createProgram } from './program.ts';

const home = join(import.meta.dirname, '..'); // this file lies in dist/, or in cli/ when run from source
const start = { env: process.env, directory: startFolder(), home };
const setExitCode = (code: number): void => {
  process.exitCode = code;
};

if (process.argv.includes('--verbose')) process.setSourceMapsEnabled(true); // stacks then name lines of cli/
const options = { json: process.argv.includes('--json'), color: !process.argv.includes('--no-color') };
const fail = (error: unknown): void => {
  setExitCode(printError(systemTerminal(process.env, !options.color), 'Error', error, options));
};

// `platform status | head` closes the pipe early: that is the reader's right, not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});
process.stderr.on('error', () => undefined); // nobody reads the story: the work goes on
process.on('uncaughtException', (error) => {
  fail(error);
  process.exit();
});

const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { version: string };
const program = createProgram(createHandle(start, setExitCode), version);
// No await here: a CommonJS module cannot wait, and Node loads those faster.
program.parseAsync(process.argv).catch((error: unknown) => {
  if (!(error instanceof CommanderError)) fail(error);
  // commander ends with 1 on a wrong flag, which here means "the answer is no"
  else if (error.exitCode !== 0)
    fail(new PlatformError('USAGE', usageMessage(error), usageHint(process.argv)));
});

function usageMessage({ message }: CommanderError): string {
  return message === '(outputHelp)'
    ? 'no command was named'
    : message.replace(/^error: /, '').replaceAll('\n', ' ');
}

/** The folder that the shell is in; where it was removed meanwhile, its name, which the shell still knows. */
function startFolder(): string {
  try {
    return process.cwd();
  } catch {
    return process.env['PWD'] ?? '/';
  }
}

/** Help for the command that was meant, as far as the words name one: `platform app new --help`. */
function usageHint(argv: readonly string[]): string {
  let command = program;
  const names = ['platform'];
  for (const word of argv.slice(2)) {
    const named = command.commands.find((one) => one.name() === word);
    if (named === undefined) continue;
    command = named;
    names.push(word);
  }
  return [...names, '--help'].join(' ');
}
