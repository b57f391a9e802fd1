import { useSignal, type Signal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext, useEffect } from 'preact/hooks';
import type { Api } from './access.ts';

/** What the server is asked with; undefined in a file, where nobody answers. */
export const ApiContext = createContext<Api | undefined>(undefined);

export interface Answer<Value> {
  readonly value: Value | undefined;
  readonly error: string | undefined;
  readonly pending: boolean;
  readonly again: () => void;
}

/**
 * Asks the server for something that the model does not hold.
 *
 * @param path Asks nothing where it is undefined.
 * @param turn Asks again where it changes.
 */
export function useAnswer<Value>(path: string | undefined, turn = ''): Answer<Value> {
  const api = useContext(ApiContext);
  const answer: Signal<Omit<Answer<Value>, 'again'>> = useSignal({
    value: undefined as Value | undefined,
    error: undefined as string | undefined,
    pending: path !== undefined,
  });
  const turns = useSignal(0);
  useEffect(() => {
    if (path === undefined || !api) {
      answer.value = { value: undefined, error: undefined, pending: false };
      return undefined;
    }
    const state = { wanted: true };
    answer.value = { ...answer.value, pending: true };
    api.get<Value>(path).then(
      (value) => {
        if (state.wanted) answer.value = { value, error: undefined, pending: false };
      },
      (error: unknown) => {
        const message = error instanceof Error ? error.message : String(error);
        if (state.wanted) answer.value = { value: undefined, error: message, pending: false };
      },
    );
    return () => {
      state.wanted = false;
    };
  }, [api, path, turn, turns.value]);
  return { ...answer.value, again: () => (turns.value += 1) };
}
