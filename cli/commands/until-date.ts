import { InvalidArgumentError } from 'commander';
import { PlatformError } from '../errors/platform-error.ts';
import { parseDuration } from './timeout-option.ts';

/**
 * When something ends, from a duration (`90m`, `2h`, `3d`) or a date (`2026-12-24`, `2026-12-24T18:00:00Z`).
 *
 * @param now Milliseconds since the epoch.
 * @returns ISO 8601.
 * @throws {PlatformError} USAGE for what is neither, and for what is over.
 */
export function untilDate(text: string, now: number): string {
  const at = /^\d{4}-/.test(text) ? Date.parse(text) : now + spanOf(text);
  if (Number.isNaN(at)) throw unclear(`--until ${text} is no duration and no date`);
  if (at <= now) throw unclear(`--until ${text} is over already`);
  return new Date(at).toISOString();
}

function spanOf(text: string): number {
  const days = /^(\d+)d$/.exec(text)?.[1];
  if (days !== undefined) return Number(days) * 86_400_000;
  try {
    return parseDuration(text);
  } catch (error) {
    if (error instanceof InvalidArgumentError) return NaN;
    throw error;
  }
}

function unclear(message: string): PlatformError {
  return new PlatformError('USAGE', message, 'Give a duration or a date: --until 2h, --until 2026-12-24');
}
