import { shortRevision } from './format.ts';
import { Age } from './parts.tsx';
import { StateBadge } from './state-badge.tsx';
import type { TreeLine } from './tree-lines.ts';

/** What one line of the tree says, behind the sign that opens it. */
export function LineText({
  line,
  onToggle,
  onOpen,
}: {
  readonly line: TreeLine;
  readonly onToggle: () => void;
  readonly onOpen: () => void;
}) {
  if (line.type === 'more')
    return (
      <span class="more" onClick={onToggle}>
        +{line.count} more of {line.kind}
      </span>
    );
  if (line.type === 'container') {
    const { name, init, image, state, message, restarts } = line.container;
    return (
      <>
        <StateBadge state={state} />
        <span class="name">
          <span class="kind">{init ? 'init container' : 'container'}</span> {name}
        </span>
        <span class="dim rest">
          {message}
          {restarts > 0 ? `, ${restarts} restarts` : ''} · {image}
        </span>
      </>
    );
  }
  const { row } = line;
  return (
    <>
      <StateBadge state={row.state} />
      <span class="name">
        <span class="kind">{row.ref.kind}</span>{' '}
        <span
          class="link"
          onClick={(event) => {
            event.stopPropagation();
            onOpen();
          }}
        >
          {row.ref.namespace === 'flux-system' || !row.ref.namespace ? '' : `${row.ref.namespace}/`}
          {row.ref.name}
        </span>
      </span>
      {row.item?.revision ? <span class="mono dim">{shortRevision(row.item.revision)}</span> : null}
      <span class="dim rest">
        {row.state === 'Ready' ? row.message : (row.item?.cause?.sentence ?? row.message)}
      </span>
      <span class="dim age">
        <Age since={row.created} />
      </span>
    </>
  );
}
