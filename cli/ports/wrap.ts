import { stripVTControlCharacters } from 'node:util';

/**
 * Lines of at most `room` columns, broken between words. A word that is longer is a line of its own, whole: an address or
 * a path that somebody copies must not get a line break.
 */
export function wrap(text: string, room: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const before = lines.at(-1);
    if (before !== undefined && widthOf(before) + 1 + widthOf(word) <= room) {
      lines[lines.length - 1] = `${before} ${word}`;
    } else {
      lines.push(word);
    }
  }
  return lines;
}

/** A text whose lines after the first begin with `indent` blanks. @param columns Undefined leaves it whole. */
export function hang(text: string, columns: number | undefined, indent: number): string {
  if (columns === undefined || widthOf(text) <= columns) return text;
  const [first = '', ...rest] = wrap(text, columns);
  if (rest.length === 0) return first;
  const below = wrap(rest.join(' '), columns - indent);
  return [first, ...below.map((line) => `${' '.repeat(indent)}${line}`)].join('\n');
}

/** In columns; colours take none. */
function widthOf(text: string): number {
  return stripVTControlCharacters(text).length;
}
