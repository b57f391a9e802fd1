import { setTimeout as delay } from 'node:timers/promises';

/** Time as this program sees it. All values are milliseconds. */
export interface Clock {
  /** Since the Unix epoch, for what people read and files keep. */
  now(): number;
  /** From an arbitrary start, never set back: for deadlines and durations. */
  elapsed(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  sleep: async (ms, signal) => delay(ms, undefined, signal ? { signal } : {}),
};
