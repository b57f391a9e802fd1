import { PlatformError } from '../errors/platform-error.ts';
import type { Environment } from '../values/environment.ts';

/** @throws {PlatformError} PROTECTED where values say `protected: true` and it was not allowed explicitly. */
export function requireUnprotected({ name, values }: Environment, allowProtected: boolean): void {
  if (!values.protected || allowProtected) return;
  throw new PlatformError(
    'PROTECTED',
    `${name} is protected (clusters/${name}/values.yaml says protected: true); nothing was done`,
    'Add --allow-protected if you mean it',
  );
}
