import { validRange } from 'semver';

/** Of an environment whose values name no range: dev takes every build, others take releases. */
export function defaultRange(environment: string): string {
  return environment === 'dev' ? '>=0.0.0-0' : '*';
}

export function isRange(range: string): boolean {
  return validRange(range) !== null;
}
