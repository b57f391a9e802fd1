import { PlatformError } from '../errors/platform-error.ts';

const units = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

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
  const [, amount = '', unit = 'm'] = /^(\d+(?:\.\d+)?)([mhd])$/.exec(text) ?? [];
  return amount === '' ? NaN : Number(amount) * units[unit as keyof typeof units];
}

function unclear(message: string): PlatformError {
  return new PlatformError('USAGE', message, 'Give a duration or a date: --until 2h, --until 2026-12-24');
}
