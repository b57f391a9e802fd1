import { PlatformError } from '../errors/platform-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { Kube } from '../ports/kube.ts';
import { readScaling, type ScalingState } from './autoscaler.ts';

/** A {@link ScalingState} with the time at which it was seen. */
export interface Sample extends ScalingState {
  /** Since the first request. */
  readonly seconds: number;
  /** Requests that were answered until then. */
  readonly completed: number;
}

/** The timeline holds no more than this many samples, whatever its length is. */
const mostSamples = 600;

export interface Watch {
  readonly samples: readonly Sample[];
  /** Ends it; resolves when the last look is over. */
  readonly stop: () => Promise<void>;
}

/**
 * Looks at the pods and the autoscaler of an app again and again, until it is stopped. A look that the API server does not
 * answer is left out: it passes the load on, and may be busy.
 *
 * @param options.spanMs    How long it will last at most: looks are a second apart, or further where that gives too many.
 * @param options.completed Asked at each look.
 */
export function watchScaling(
  { kube, clock }: { readonly kube: Pick<Kube, 'get' | 'list'>; readonly clock: Clock },
  app: { readonly namespace: string; readonly name: string },
  options: {
    readonly spanMs: number;
    readonly completed: () => number;
    readonly onSample?: (sample: Sample) => void;
  },
): Watch {
  const samples: Sample[] = [];
  const ending = new AbortController();
  const started = clock.elapsed();
  const intervalMs = Math.max(1_000, options.spanMs / mostSamples);
  const look = async (): Promise<void> => {
    const seconds = Math.round((clock.elapsed() - started) / 100) / 10;
    const completed = options.completed();
    const state = await readScaling(kube, app).catch((error: unknown) => {
      if (error instanceof PlatformError && error.code === 'CLUSTER_UNREACHABLE') return undefined;
      throw error;
    });
    if (state === undefined) return;
    const sample = { seconds, completed, ...state };
    samples.push(sample);
    options.onSample?.(sample);
  };
  const work = (async () => {
    while (!ending.signal.aborted) {
      await look();
      await clock.sleep(intervalMs, ending.signal).catch(() => undefined); // the end is looked at too
    }
    await look();
  })();
  work.catch(() => undefined); // stop() tells
  return {
    samples,
    stop: async () => {
      ending.abort();
      await work;
    },
  };
}
