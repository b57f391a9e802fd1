import { closest } from '../errors/did-you-mean.ts';
import { PlatformError } from '../errors/platform-error.ts';
import { listApps, loadApp, type App } from '../values/apps.ts';

/** @throws {PlatformError} APP_UNKNOWN, with the name that may have been meant. */
export async function requireApp(root: string, name: string): Promise<App> {
  const known = await listApps(root);
  if (known.includes(name)) return loadApp(root, name);
  const guess = closest(name, known);
  throw new PlatformError(
    'APP_UNKNOWN',
    `there is no app ${name}`,
    guess === undefined ? `Choose one of: ${known.join(', ')}` : `Did you mean ${guess}?`,
  );
}
