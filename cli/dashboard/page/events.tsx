import { clockTime } from './format.ts';
import type { EventLine } from '../../observe/model-parts.ts';
import { Empty, FilterBox, ObjectLink, Table } from './parts.tsx';
import { adjust, route } from './route.ts';
import { now, summary } from './store.ts';

/** More rows at once help nobody; the filter reaches all of them. */
const mostRows = 200;

/** The events of the cluster, newest first. */
export function EventsView() {
  const { q = '', more } = route.value;
  const warnings = more['only'] === 'warnings';
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  const events = (summary.value?.events ?? []).filter(
    (event) => (!warnings || event.warning) && words.every((word) => textOf(event).includes(word)),
  );
  return (
    <>
      <div class="bar">
        <FilterBox value={q} hint="Filter events" onChange={(text) => adjust({ q: text })} />
        <label>
          <input
            type="checkbox"
            checked={warnings}
            onChange={({ currentTarget }) =>
              adjust({ more: { only: currentTarget.checked ? 'warnings' : 'all' } })
            }
          />{' '}
          only warnings
        </label>
      </div>
      {events.length === 0 ? <Empty>No events.</Empty> : <EventTable events={events} />}
    </>
  );
}

export function EventTable({ events }: { readonly events: readonly EventLine[] }) {
  return (
    <>
      <Table label="Events" head={['Time', 'Type', 'Object', 'Reason', 'Message', 'Count']}>
        {events.slice(0, mostRows).map((event) => (
          <tr key={`${event.at} ${event.about} ${event.reason} ${event.message}`}>
            <td class="mono">{clockTime(event.at, now.value)}</td>
            <td>{event.warning ? <span class="bad">⚠&#xFE0E; Warning</span> : 'Normal'}</td>
            <td>
              <ObjectLink id={event.about} />
            </td>
            <td>{event.reason}</td>
            <td class="message">{event.message}</td>
            <td>{event.count}</td>
          </tr>
        ))}
      </Table>
      {events.length > mostRows ? (
        <p class="dim">{events.length - mostRows} more: filter to see them.</p>
      ) : null}
    </>
  );
}

function textOf({ about, reason, message }: EventLine): string {
  return `${about} ${reason} ${message}`.toLowerCase();
}
