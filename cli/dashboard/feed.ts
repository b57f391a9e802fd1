import type { Model } from '../observe/model.ts';
import type { KubeObject } from '../ports/kube.ts';
import type { Delta } from './page-data.ts';

export type FeedEvent =
  | {
      readonly type: 'model';
      /** Counts up with every change. */
      readonly version: number;
      readonly model: Model;
      /** From the version before; undefined where there is none. */
      readonly delta: Delta | undefined;
    }
  /** The cluster does not answer; what was seen of it is old. */
  | { readonly type: 'trouble'; readonly message: string }
  /** It answers again. */
  | { readonly type: 'well' };

/** Where the page's data comes from: a cluster, or a file. */
export interface Feed {
  /** Calls back at once with what is known, then with each change. @returns Ends that. */
  subscribe(listener: (event: FeedEvent) => void): () => void;
  /** The newest model; waits for the first. Rejects where the cluster does not answer. */
  model(): Promise<Model>;
  /** An object that the model was made from, masked; undefined for a file, and while nobody listens. */
  find(id: string): KubeObject | undefined;
  close(): void;
}

/** A model that does not change. */
export function fixedFeed(model: Model): Feed {
  return {
    subscribe: (listener) => {
      listener({ type: 'model', version: 1, model, delta: undefined });
      return () => undefined;
    },
    model: async () => Promise.resolve(model),
    find: () => undefined,
    close: () => undefined,
  };
}
