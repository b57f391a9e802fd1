import { computed, signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { ActionButtons } from './actions.tsx';
import { matcher } from './filter.ts';
import { canActOn, mayAct, pick, picked, pickedRows } from './intent.ts';
import { Empty, FilterBox } from './parts.tsx';
import { adjust, go, route } from './route.ts';
import { children, rows, type Row } from './store.ts';
import { LineText } from './tree-line.tsx';
import { treeLines, type TreeLine } from './tree-lines.ts';

/** Of a line, in pixels; app.css knows it, too. */
const lineHeight = 30;
/** From so many objects on, the tree begins with what is not well. */
const many = 300;

const toggles = signal<ReadonlyMap<string, boolean>>(new Map());
const onlyTroubled = computed(() => {
  const chosen = route.value.more['show'];
  return chosen === undefined
    ? rows.value.size > many && (route.value.q ?? '') === ''
    : chosen === 'troubled';
});
const lines = computed(() => {
  const q = route.value.q ?? '';
  const matches = matcher(q);
  const wanted = (row: Row): boolean => matches(row) && (!onlyTroubled.value || isTroubled(row));
  const filtered = q !== '' || onlyTroubled.value;
  return treeLines({
    rows: rows.value,
    children: children.value,
    wanted: filtered ? wanted : undefined,
    toggles: toggles.value,
  });
});

function isTroubled({ state }: Row): boolean {
  return state !== undefined && state !== 'Ready';
}

/** Sources, what Flux makes of them, and what controllers make of that, down to the containers. */
export function TreeView() {
  return (
    <>
      <div class="bar">
        <FilterBox
          value={route.value.q ?? ''}
          hint="kind:pod ns:ml status:failed !word"
          onChange={(text) => adjust({ q: text })}
        />
        <label>
          <input
            type="checkbox"
            checked={onlyTroubled.value}
            onChange={({ currentTarget }) =>
              adjust({ more: { show: currentTarget.checked ? 'troubled' : 'all' } })
            }
          />{' '}
          only what is not ready
        </label>
        <ActionButtons rows={pickedRows.value} bulk />
        <span class="dim" role="status">
          {lines.value.length} lines of {rows.value.size} objects
        </span>
      </div>
      {lines.value.length === 0 ? (
        <Empty>{onlyTroubled.value ? 'Everything is ready.' : 'No object matches.'}</Empty>
      ) : (
        <Lines />
      )}
    </>
  );
}

/** Only the lines that can be seen are in the page; the chosen one always is. */
function Lines() {
  const box = useRef<HTMLDivElement>(null);
  const top = useSignal(0);
  const height = useSignal(600);
  const all = lines.value;
  const chosen = Math.max(
    0,
    all.findIndex(({ key }) => key === route.value.id),
  );
  useEffect(() => {
    const measure = (): void => {
      height.value = box.current?.clientHeight ?? 600;
    };
    measure();
    addEventListener('resize', measure);
    return () => removeEventListener('resize', measure);
  }, [height]);
  useEffect(() => {
    const view = box.current;
    if (!view) return;
    const at = chosen * lineHeight;
    if (at < view.scrollTop) view.scrollTop = at;
    else if (at + lineHeight > view.scrollTop + view.clientHeight)
      view.scrollTop = at + lineHeight - view.clientHeight;
  }, [chosen]);

  const choose = (at: number): void => {
    const line = all[Math.min(all.length - 1, Math.max(0, at))];
    if (line) adjust({ id: line.key });
  };
  const first = Math.max(0, Math.floor(top.value / lineHeight) - 5);
  const last = Math.min(all.length, Math.ceil((top.value + height.value) / lineHeight) + 5);
  const seen = all.slice(first, last).map((line, at) => [first + at, line] as const);
  const active = all[chosen];
  if (active && (chosen < first || chosen >= last)) seen.push([chosen, active]);
  return (
    <div
      class="tree"
      ref={box}
      role="tree"
      id="list"
      aria-label="Objects"
      tabIndex={0}
      aria-activedescendant={`line-${chosen}`}
      onScroll={({ currentTarget }) => (top.value = currentTarget.scrollTop)}
      onKeyDown={(event) => handleKey(event, all, chosen, choose)}
    >
      <div class="tree-all" role="none" style={{ height: `${all.length * lineHeight}px` }}>
        {seen.map(([at, line]) => (
          <Line key={line.key} at={at} line={line} chosen={at === chosen} />
        ))}
      </div>
    </div>
  );
}

function handleKey(
  event: KeyboardEvent,
  all: readonly TreeLine[],
  at: number,
  choose: (at: number) => void,
): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const line = all[at];
  const above = (): number =>
    all.findLastIndex((other, index) => index < at && other.level < (line?.level ?? 0));
  const moves: Readonly<Record<string, () => void>> = {
    ArrowDown: () => choose(at + 1),
    j: () => choose(at + 1),
    ArrowUp: () => choose(at - 1),
    k: () => choose(at - 1),
    PageDown: () => choose(at + 15),
    PageUp: () => choose(at - 15),
    Home: () => choose(0),
    End: () => choose(all.length - 1),
    ArrowRight: () => (line?.type === 'row' && line.open === false ? toggle(line) : choose(at + 1)),
    ArrowLeft: () => (line?.type === 'row' && line.open === true ? toggle(line) : choose(above())),
    Enter: () => line && openLine(line),
    ' ': () => line && toggle(line),
    x: () => line?.type === 'row' && pick(line.row),
  };
  const move = moves[event.key];
  if (!move) return;
  event.preventDefault();
  event.stopPropagation();
  move();
}

function toggle(line: TreeLine): void {
  if (line.type === 'container' || (line.type === 'row' && line.open === undefined)) return;
  toggles.value = new Map(toggles.value).set(line.key, line.type === 'more' || line.open === false);
}

function openLine(line: TreeLine): void {
  if (line.type === 'row') go({ view: 'object', id: line.row.id });
  else toggle(line);
}

function Line({
  at,
  line,
  chosen,
}: {
  readonly at: number;
  readonly line: TreeLine;
  readonly chosen: boolean;
}) {
  const { level, position, size } = line;
  const pickable = line.type === 'row' && canActOn(line.row);
  return (
    <div
      id={`line-${at}`}
      role="treeitem"
      class={`line level-${Math.min(level, 8)}`}
      style={{ top: `${at * lineHeight}px` }}
      aria-level={level}
      aria-posinset={position}
      aria-setsize={size}
      aria-selected={chosen}
      {...(line.type === 'row' && line.open !== undefined ? { 'aria-expanded': line.open } : {})}
      {...(pickable ? { 'aria-checked': picked.value.has(line.key) } : {})}
      onClick={() => adjust({ id: line.key })}
      onDblClick={() => openLine(line)}
    >
      <span
        class="twist"
        aria-hidden="true"
        onClick={(event) => {
          event.stopPropagation();
          toggle(line);
        }}
      >
        {line.type === 'row' && line.open !== undefined ? (line.open ? '▾' : '▸') : ''}
      </span>
      {mayAct() ? (
        <span
          class="pick"
          aria-hidden="true"
          onClick={(event) => {
            event.stopPropagation();
            if (line.type === 'row') pick(line.row);
          }}
        >
          {pickable ? (picked.value.has(line.key) ? '☑' : '☐') : ''}
        </span>
      ) : null}
      <LineText line={line} onToggle={() => toggle(line)} onOpen={() => openLine(line)} />
    </div>
  );
}
