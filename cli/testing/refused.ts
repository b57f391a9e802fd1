import { PlatformError } from '../errors/platform-error.ts';

/** What a piece of work fails with; fails where it does not, or not by design. */
export async function refused(work: Promise<unknown>): Promise<PlatformError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof PlatformError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}
