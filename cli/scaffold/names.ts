import { PlatformError } from '../errors/platform-error.ts';
import { dnsLabel } from '../values/check-values.ts';

/** The most characters that a DNS label may have. */
export const longestLabel = 63;

/**
 * @param what    What is named, with its article: `an app`.
 * @param command What to type with a better name, up to the name: `platform app new`.
 * @throws {PlatformError} NAME_INVALID, saying what is wrong with the name.
 */
export function assertLabel(name: string, what: string, command: string): void {
  if (dnsLabel.test(name)) return;
  const better = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, longestLabel)
    .replaceAll(/^-+|-+$/g, '');
  throw invalidName(name, what, faultOf(name), `${command} ${better === '' ? '<name>' : better}`);
}

export function invalidName(name: string, what: string, fault: string, hint: string): PlatformError {
  return new PlatformError(
    'NAME_INVALID',
    `${JSON.stringify(name)} cannot be the name of ${what}: ${fault}`,
    hint,
  );
}

/** What keeps a name from being a DNS label; all of it. */
function faultOf(name: string): string {
  if (name === '') return 'it is empty';
  const faults: string[] = [];
  if (/[A-Z]/.test(name)) faults.push('it has capital letters');
  const strange = [...new Set(name.match(/[^A-Za-z0-9-]/gu))].map((character) => JSON.stringify(character));
  if (strange.length > 0)
    faults.push(`it has ${strange.join(' ')}, and only letters, digits and - are allowed`);
  if (name.startsWith('-') || name.endsWith('-')) faults.push('it begins or ends with -');
  if (name.length > longestLabel)
    faults.push(`it has ${name.length} characters, and at most ${longestLabel} are allowed`);
  return faults.join('; ');
}
