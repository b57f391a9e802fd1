import { formatDuration } from './duration.ts';
import { firstLine } from './fields.ts';
import { cut, type Look } from './look.ts';
import type { EventLine } from './model-parts.ts';
import { shortId } from './why/explain.ts';

/** One line per event: how long ago, what about, what happened; warnings in yellow. */
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
  const lines = rows.map(({ ago, about, says }, at) => {
    const mark = events[at]?.warning === true ? (look.unicode ? '⚠' : '!') : ' ';
    const text = `${mark} ${ago.padStart(ages)}  ${about.padEnd(names)}  ${says}`;
    return events[at]?.warning === true ? look.colors.yellow(cut(text, look, 0)) : cut(text, look, 0);
  });
  return lines.join('\n');
}

function said(message: string): string {
  return firstLine(message.trim().replaceAll(/\s*\n+\s*/g, '; '), 400);
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map((text) => text.length));
}
