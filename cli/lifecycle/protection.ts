import { PlatformError } from '../errors/platform-error.ts';
import type { EnvironmentToEnd } from './cluster-to-end.ts';

/**
 * @throws {PlatformError} PROTECTED where values say `protected: true`, or cannot be asked, and it was not allowed explicitly.
 */
export function requireUnprotected(
  { name, values, trouble }: Pick<EnvironmentToEnd, 'name' | 'values' | 'trouble'>,
  allowProtected: boolean,
): void {
  if (values.protected === false || allowProtected) return;
  if (trouble && values.protected === undefined) {
    throw new PlatformError(
      'PROTECTED',
      `whether ${name} is protected cannot be told, as ${trouble.message}; nothing was done`,
      'Add --allow-protected if you mean it, or mend the values first',
      { cause: trouble, details: trouble.details },
    );
  }
  throw new PlatformError(
    'PROTECTED',
    `${name} is protected (clusters/${name}/values.yaml says protected: true); nothing was done`,
    'Add --allow-protected if you mean it',
  );
}
