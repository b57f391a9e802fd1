import type { State } from '../../observe/model.ts';

// Signs that common fonts have: DejaVu has neither hourglass nor pause.
const icons: Readonly<Record<State, string>> = {
  Deleting: '⌫',
  Suspended: '‖',
  Stale: '◷',
  Failed: '✗\uFE0E',
  Waiting: '◔',
  Reconciling: '↻',
  Ready: '✔\uFE0E',
  Unknown: '?',
};

/** A state by icon, word and colour: never by colour alone. */
export function StateBadge({ state }: { readonly state: State | undefined }) {
  if (state === undefined) return <span class="state none">applied</span>;
  return (
    <span class={`state ${state.toLowerCase()}`}>
      <span class="icon" aria-hidden="true">
        {icons[state]}
      </span>
      {state}
    </span>
  );
}
