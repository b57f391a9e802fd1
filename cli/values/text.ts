import type { Detail, Place } from '../errors/platform-error.ts';

/** Control characters, and what bytes that are no UTF-8 decode to. */
const noText = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd]/;

/** The first character of a file that is no text: parsers take it as a part of a word. */
export function unreadableText(text: string, file: string): Detail | undefined {
  const index = text.search(noText);
  if (index < 0) return undefined;
  const code = text.charCodeAt(index);
  const message =
    code === 0xfffd
      ? 'it is not UTF-8 text; save it as UTF-8'
      : `a character that is no text (U+${code.toString(16).toUpperCase().padStart(4, '0')}); files must be UTF-8 text`;
  return { place: placeIn(text, index, file), message };
}

/** Takes away what some editors and checkouts add, and what must change nothing: a byte order mark, and CR before LF. */
export function plainText(text: string): string {
  return text.replace(/^\ufeff/, '').replaceAll('\r\n', '\n');
}

/** @param offset In UTF-16 code units, as JavaScript counts. Line and column count from 1. */
export function placeIn(text: string, offset: number, file: string): Place {
  const before = text.slice(0, offset).split('\n');
  return { file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
