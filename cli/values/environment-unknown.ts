import { closest } from '../errors/did-you-mean.ts';
import { PlatformError } from '../errors/platform-error.ts';
import { dnsLabel } from './check-values.ts';

/** In characters: what was typed by mistake may be a whole file. */
const longestShown = 80;

/**
 * Says that an environment is not there, and which one may be meant; for a path, as shells complete it, the one that it names.
 *
 * @param known   The environments that there are.
 * @param missing What is not there, where the name is one that an environment may have: `clusters/dev/values.yaml is not there`.
 */
export function environmentUnknown(name: string, known: readonly string[], missing: string): PlatformError {
  const shown = JSON.stringify(name.length > longestShown ? `${name.slice(0, longestShown)}…` : name);
  const last = name.split('/').findLast((part) => part !== '') ?? '';
  const guess = closest(name, known) ?? closest(last, known);
  const hint = guess
    ? `Did you mean ${guess}?`
    : known.length > 0
      ? `Environments: ${known.join(', ')}`
      : 'platform env new dev';
  return new PlatformError(
    'ENVIRONMENT_UNKNOWN',
    dnsLabel.test(name)
      ? `there is no environment ${name}: ${missing}`
      : `there is no environment ${shown}: names have only lower-case letters, digits and -, and at most 63 of them`,
    hint,
  );
}
