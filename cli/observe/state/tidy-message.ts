/**
 * A message of Flux without what says nothing to people: the temporary folder that it builds in (paths become those of
 * the repository), and the value of an invalid field where that is a whole object, such as a Job's pod template with
 * its environment.
 */
export function tidyMessage(message: string): string {
  return withoutObjects(message.replaceAll(/(?:\/[\w.-]+)*\/kustomization-\d+\//g, '')).trim();
}

const before = 'Invalid value: ';

function withoutObjects(message: string): string {
  let rest = message;
  let result = '';
  for (;;) {
    const start = rest.indexOf(`${before}{`);
    if (start < 0) return result + rest;
    const end = endOfObject(rest, start + before.length);
    result += `${rest.slice(0, start)}${before}{…}`;
    rest = rest.slice(end);
  }
}

/** Where the brace at `start` is closed again, not counting those inside of strings. */
function endOfObject(text: string, start: number): number {
  let depth = 0;
  let quoted = false;
  for (let at = start; at < text.length; at += 1) {
    const char = text[at];
    if (quoted && char === '\\') at += 1;
    else if (char === '"') quoted = !quoted;
    else if (!quoted && char === '{') depth += 1;
    else if (!quoted && char === '}' && (depth -= 1) === 0) return at + 1;
  }
  return text.length;
}
