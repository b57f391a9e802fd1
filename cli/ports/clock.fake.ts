import type { Clock } from './clock.ts';

/** A clock that moves only when something sleeps, so that a test of a wait takes no time. */
export function steppingClock(start = 0): Clock {
  let now = start;
  return {
    now: () => now,
    elapsed: () => now - start,
    sleep: async (ms) => {
      now += ms;
      return Promise.resolve();
    },
  };
}
