import { useEffect } from 'preact/hooks';
import type { MissingRights, Verb } from '../action-data.ts';
import { useAnswer } from './answer.ts';
import { begin, canActOn, lacking, mayAct, missingRights, picked } from './intent.ts';
import { meta, summary, type Row } from './store.ts';

/** Asks once what the user may do: the API server decides, and a button says it before. */
export function useRights(): void {
  const { value } = useAnswer<MissingRights>(summary.value && mayAct() ? '/api/rights' : undefined);
  useEffect(() => {
    if (value) missingRights.value = value;
  }, [value]);
}

/** What can be done with objects of Flux. Shown only where the server takes it; disabled where the user may not. */
export function ActionButtons({
  rows,
  bulk = false,
}: {
  readonly rows: readonly Row[];
  /** Of the chosen lines of a list. */
  readonly bulk?: boolean;
}) {
  const on = rows.filter(canActOn);
  if (on.length === 0) return null;
  const missing = lacking(on);
  const stage = on.length === 1 && meta.value?.stages[on[0]?.id ?? ''] !== undefined;
  const suspended = on.some(({ state }) => state === 'Suspended');
  const running = on.some(({ state }) => state !== 'Suspended');
  const buttons: readonly (readonly [Verb, string, boolean])[] = [
    ['reconcile', bulk ? 'Reconcile …' : 'Reconcile', true],
    ['reconcile-with-source', 'With its source', !bulk && on.some(({ item }) => item?.source !== undefined)],
    ['suspend', 'Suspend …', running],
    ['resume', 'Resume', suspended],
  ];
  return (
    <div class="actions" role="group" aria-label="Actions">
      {bulk ? <span>{on.length} chosen:</span> : null}
      {buttons
        .filter(([, , shown]) => shown)
        .map(([verb, title]) => (
          <button key={verb} type="button" disabled={missing.length > 0} onClick={() => begin(verb, on)}>
            {title}
          </button>
        ))}
      {stage && !bulk ? (
        <button type="button" onClick={() => begin('rerun', on)}>
          Run again …
        </button>
      ) : null}
      {bulk ? (
        <button type="button" onClick={() => (picked.value = new Set())}>
          Choose none
        </button>
      ) : null}
      {missing.length > 0 ? <span class="dim">you may not {missing.join(', ')}</span> : null}
    </div>
  );
}
