import { useSignal } from '@preact/signals';
import { useContext, useEffect } from 'preact/hooks';
import { commandOf, needsYes, type ActionOutcome, type ActionRequest, type Verb } from '../action-data.ts';
import type { Api } from './access.ts';
import { ApiContext } from './answer.ts';
import { duration, shortName } from './format.ts';
import { intent, lacking, picked } from './intent.ts';
import { Modal } from './modal.tsx';
import { dialog } from './palette.tsx';
import { meta, rows } from './store.ts';

const titles: Readonly<Record<Verb, string>> = {
  reconcile: 'Reconcile',
  'reconcile-with-source': 'Reconcile with the source',
  suspend: 'Suspend',
  resume: 'Resume',
  rerun: 'Run again',
};
/** Longest wait for outcomes is that of one object: so many are asked at once. */
const atOnce = 4;

type Told = ActionOutcome | { readonly id: string; readonly error: string };

/** Asks for what an action needs, does it, and tells what became of each object. */
export function ActionDialog() {
  const api = useContext(ApiContext);
  const { verb, ids } = intent.value ?? { verb: 'reconcile' as const, ids: [] };
  const name = meta.value?.environment ?? '';
  const isProtected = meta.value?.protected === true;
  const [reason, until, typed] = [useSignal(''), useSignal(''), useSignal('')];
  const phase = useSignal<'asking' | 'running' | 'over'>('asking');
  const told = useSignal<ReadonlyMap<string, Told>>(new Map());
  const closing = useSignal(new AbortController());
  const missing = verb === 'rerun' ? [] : lacking(ids.flatMap((id) => rows.value.get(id) ?? []));
  const asks = needsYes(verb) || isProtected || ids.length > 1 || missing.length > 0;
  const complete =
    (verb !== 'suspend' || reason.value.trim() !== '') && (!isProtected || typed.value === name);

  const run = async (): Promise<void> => {
    if (!api || phase.value !== 'asking') return;
    phase.value = 'running';
    const given = { reason: reason.value.trim(), until: until.value.trim() };
    const confirm = isProtected ? typed.value : 'yes';
    const extra = verb === 'suspend' ? { ...given, confirm } : { confirm };
    await actOnAll(api, verb, ids, extra, closing.value.signal, (one) => {
      told.value = new Map(told.value).set(one.id, one);
    });
    phase.value = 'over';
    picked.value = new Set();
  };
  useEffect(() => {
    if (!asks) void run();
    return () => closing.value.abort();
  }, []);

  const close = (): void => {
    dialog.value = undefined;
    intent.value = undefined;
  };
  return (
    <Modal label={titles[verb]} onClose={close}>
      <h2>
        {titles[verb]} {ids.length === 1 ? shortName(ids[0] ?? '') : `${ids.length} objects`}
      </h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (complete) void run();
        }}
      >
        {verb === 'suspend' && phase.value === 'asking' ? (
          <>
            <Field label="Why, for everybody who finds it suspended" value={reason} needed />
            <Field label="Until (2h, 3d, 2026-12-24); nothing resumes it by itself" value={until} />
          </>
        ) : null}
        {verb === 'rerun' && phase.value === 'asking' ? (
          <p>This raises the run counter in the values of this clone. The Jobs run with the next deploy.</p>
        ) : null}
        {isProtected && phase.value === 'asking' ? (
          <Field label={`${name} is protected. Type its name to go on`} value={typed} needed />
        ) : null}
        <ul class="acted">
          {ids.map((id) => (
            <li key={id}>
              <code class="next">
                {commandOf(
                  name,
                  { verb, id, reason: reason.value, until: until.value },
                  meta.value?.stages[id],
                )}
              </code>
              <Result told={told.value.get(id)} waiting={phase.value === 'running'} />
            </li>
          ))}
        </ul>
        {missing.length > 0 ? <p class="alert">You may not {missing.join(', ')}.</p> : null}
        <p role="status">{statusOf(phase.value, [...told.value.values()], ids.length)}</p>
        <div class="actions">
          {phase.value === 'asking' ? (
            <button type="submit" disabled={!complete || missing.length > 0}>
              {titles[verb]}
            </button>
          ) : null}
          <button type="button" onClick={close}>
            {phase.value === 'asking' ? 'Cancel' : 'Close'}
          </button>
        </div>
      </form>
    </Modal>
  );
}

function Field({
  label,
  value,
  needed = false,
}: {
  readonly label: string;
  readonly value: { value: string };
  readonly needed?: boolean;
}) {
  return (
    <label class="field-label">
      {label}
      <input
        value={value.value}
        required={needed}
        maxLength={500}
        autocomplete="off"
        onInput={({ currentTarget }) => (value.value = currentTarget.value)}
      />
    </label>
  );
}

function Result({ told, waiting }: { readonly told: Told | undefined; readonly waiting: boolean }) {
  if (!told) return waiting ? <p class="dim">asked; waiting for what becomes of it …</p> : null;
  if ('error' in told) return <p class="bad">Not done: {told.error}</p>;
  const { done, message, seconds, warnings, next } = told;
  return (
    <>
      <p class={done ? 'outcome' : 'outcome bad'}>
        {done ? 'Done' : 'Not done'} after {duration(seconds)}: {message}
      </p>
      {warnings.map((warning) => (
        <p key={warning} class="dim">
          {warning}
        </p>
      ))}
      {next === undefined ? null : (
        <p>
          Next: <code class="next">{next}</code>
        </p>
      )}
    </>
  );
}

function statusOf(phase: 'asking' | 'running' | 'over', told: readonly Told[], count: number): string {
  if (phase === 'asking') return '';
  const done = told.filter((one) => 'done' in one && one.done).length;
  if (phase === 'running') return `${told.length} of ${count} told. Closing ends the waiting alone.`;
  return count === 1 ? '' : `${done} of ${count} done.`;
}

async function actOnAll(
  api: Api,
  verb: Verb,
  ids: readonly string[],
  extra: Pick<ActionRequest, 'reason' | 'until' | 'confirm'>,
  signal: AbortSignal,
  tell: (told: Told) => void,
): Promise<void> {
  const waiting = [...ids];
  const worker = async (): Promise<void> => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      const { uid = '', resourceVersion = '' } = rows.value.get(id)?.item ?? {};
      const request: ActionRequest = { verb, id, uid, resourceVersion, ...extra };
      try {
        tell(await api.post<ActionOutcome>('/api/action', request, signal));
      } catch (error) {
        if (signal.aborted) return;
        tell({ id, error: error instanceof Error ? error.message : String(error) });
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
