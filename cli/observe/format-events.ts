import { wrap } from '../ports/wrap.ts';
import { formatDuration } from './duration.ts';
import { firstLine } from './fields.ts';
import { cut, type Look } from './look.ts';
import type { EventLine } from './model-parts.ts';
import { shortId } from './why/explain.ts';

/** A message that would get fewer columns stands on lines of its own. */
const leastRoom = 40;
const indent = ' '.repeat(6);

/**
 * One line per event: how long ago, what about, what happened; warnings in yellow. Where a terminal is too narrow for
 * that, what happened stands below.
 */
export function formatEvents(events: readonly EventLine[], look: Look): string {
  const rows = events.map(({ at, about, reason, message, count }) => {
    const ago = formatDuration(look.now - Date.parse(at));
    return {
      ago,
      about: shortId(about),
      says: `${reason}: ${said(message)}${count > 1 ? ` (${count} times)` : ''}`,
    };
  });
  const [ages, names] = [widest(rows.map(({ ago }) => ago)), widest(rows.map(({ about }) => about))];
  const room = (look.columns ?? Infinity) - ('⚠ '.length + ages + '  '.length + names + '  '.length);
  const below = room < leastRoom && rows.some(({ says }) => says.length > room);
  const lines = rows.map(({ ago, about, says }, at) => {
    const mark = events[at]?.warning === true ? (look.unicode ? '⚠' : '!') : ' ';
    const what = `${mark} ${ago.padStart(ages)}  ${about}`;
    const text = below
      ? [
          cut(what, look, 0),
          ...wrap(says, (look.columns ?? Infinity) - indent.length).map((line) => indent + line),
        ]
      : [cut(`${what}${' '.repeat(names - about.length)}  ${says}`, look, 0)];
    return text.map((line) => (events[at]?.warning === true ? look.colors.yellow(line) : line)).join('\n');
  });
  return lines.join('\n');
}

function said(message: string): string {
  return firstLine(message.trim().replaceAll(/\s*\n+\s*/g, '; '), 400);
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map((text) => text.length));
}
