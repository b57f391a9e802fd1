import { signal, useSignal } from '@preact/signals';
import { Modal } from './modal.tsx';
import { go } from './route.ts';
import { StateBadge } from './state-badge.tsx';
import { rows, type Row } from './store.ts';
import { shownViews } from './views.ts';

/** Which dialog is open. */
export const dialog = signal<'palette' | 'help' | 'action' | undefined>(undefined);

const mostHits = 12;

interface Hit {
  readonly key: string;
  readonly text: string;
  readonly row: Row | undefined;
  readonly go: () => void;
}

/** Goes to any view or object by a part of its name. */
export function Palette() {
  const query = useSignal('');
  const chosen = useSignal(0);
  const hits = hitsFor(query.value);
  const close = (): void => {
    dialog.value = undefined;
  };
  return (
    <Modal label="Go to" onClose={close}>
      <input
        role="combobox"
        autocomplete="off"
        list={undefined}
        aria-expanded="true"
        aria-controls="hits"
        aria-activedescendant={`hit-${chosen.value}`}
        aria-label="Go to a view or an object"
        placeholder="Go to a view or an object"
        value={query.value}
        onInput={({ currentTarget }) => {
          query.value = currentTarget.value;
          chosen.value = 0;
        }}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown') chosen.value = Math.min(hits.length - 1, chosen.value + 1);
          else if (event.key === 'ArrowUp') chosen.value = Math.max(0, chosen.value - 1);
          else if (event.key === 'Enter') hits[chosen.value]?.go();
          else return;
          event.preventDefault();
        }}
      />
      <ul id="hits" role="listbox" aria-label="Views and objects">
        {hits.map((hit, at) => (
          <li
            key={hit.key}
            id={`hit-${at}`}
            role="option"
            aria-selected={at === chosen.value}
            onClick={() => hit.go()}
          >
            {hit.row ? <StateBadge state={hit.row.state} /> : <span class="kind">view</span>} {hit.text}
          </li>
        ))}
      </ul>
    </Modal>
  );
}

function hitsFor(query: string): Hit[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (text: string): boolean => words.every((word) => text.toLowerCase().includes(word));
  const leave = (walk: () => void) => (): void => {
    dialog.value = undefined;
    walk();
  };
  const hits: Hit[] = shownViews()
    .filter(({ title }) => fits(title))
    .map(({ name, title }) => ({
      key: name,
      text: title,
      row: undefined,
      go: leave(() => go({ view: name })),
    }));
  for (const row of rows.value.values()) {
    if (hits.length >= mostHits) break;
    if (fits(row.id))
      hits.push({ key: row.id, text: row.id, row, go: leave(() => go({ view: 'object', id: row.id })) });
  }
  return hits;
}

const keys: readonly (readonly [keys: string, meaning: string])[] = [
  ['/', 'filter'],
  ['Ctrl K or ⌘ K', 'go to a view or an object'],
  [
    'g o, g t, g w, g d, g m, g v, g j, g i, g s, g e, g l',
    'overview, tree, order, next commit, matrix, delivery, jobs, images, secrets, events, logs',
  ],
  ['[ and ]', 'the view before and after'],
  ['j, k or arrows', 'down and up in the tree; ← and → shut and open'],
  ['Enter', 'open the object'],
  ['x', 'in the tree: choose an object for what is done next'],
  ['r', 'reconcile what is shown or chosen'],
  ['l', 'logs, of the app that is shown or chosen'],
  ['.', 'copy a link to what is shown'],
  ['t', 'light, dark, or as the system has it'],
  ['Esc', 'close, or leave the filter'],
  ['?', 'this list'],
];

export function Help() {
  return (
    <Modal
      label="Keys"
      onClose={() => {
        dialog.value = undefined;
      }}
    >
      <h2>Keys</h2>
      <dl class="keys">
        {keys.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog">
        <button type="submit">Close</button>
      </form>
    </Modal>
  );
}
