import { PlatformError } from '../errors/platform-error.ts';
import type { Terminal } from '../ports/terminal.ts';

/**
 * For severe things: wants the environment's name typed, or given as --confirm=<name>. Shows first what will be lost.
 *
 * @throws {PlatformError} NOT_CONFIRMED, with nothing done.
 */
export async function confirmByName(
  terminal: Terminal,
  options: {
    readonly command: string;
    readonly name: string;
    readonly given: string | undefined;
    readonly consequences: string;
    /** What else has to be typed for the same thing: ` --client acme`. */
    readonly flags?: string;
  },
): Promise<void> {
  const { command, name, given, consequences, flags = '' } = options;
  if (given === name) return;
  const fix = `platform ${command} ${name}${flags} --confirm=${name}`;
  if (given !== undefined) {
    throw new PlatformError(
      'NOT_CONFIRMED',
      `--confirm=${given} is not the name of the environment, ${name}`,
      fix,
    );
  }
  terminal.err(`${consequences}\n`);
  if (!terminal.canAsk) {
    throw new PlatformError(
      'NOT_CONFIRMED',
      `${command} needs a confirmation, and nobody can be asked here`,
      fix,
    );
  }
  const answer = await terminal.ask(`Type the name of the environment (${name}) to go on: `);
  if (answer !== name)
    throw new PlatformError('NOT_CONFIRMED', 'the name was not typed; nothing was done', fix);
}
