import type { LogReport } from '../../observe/read-logs.ts';
import type { ObjectDetail } from '../page-data.ts';
import { ActionButtons } from './actions.tsx';
import { appOf } from './app-of.ts';
import { useAnswer } from './answer.ts';
import { EventTable } from './events.tsx';
import { clockTime, duration, shortRevision } from './format.ts';
import { LogLines } from './logs.tsx';
import { Age, ObjectLink, Section, Table, Trouble } from './parts.tsx';
import { hrefOf, route } from './route.ts';
import { StateBadge } from './state-badge.tsx';
import { children, meta, now, rows, summary, type Row } from './store.ts';
import { Absent, Why } from './why.tsx';

/** All that is known of one object. */
export function ObjectView() {
  const id = route.value.id ?? '';
  const row = rows.value.get(id);
  if (!row) return <Absent id={id} />;
  const events = (summary.value?.events ?? []).filter(({ about }) => about === id);
  const below = children.value.get(id) ?? [];
  return (
    <article>
      <Ancestors row={row} />
      <h1 class="object-title">
        <StateBadge state={row.state} /> <span class="kind">{row.ref.kind}</span> {row.ref.name}
      </h1>
      <ActionButtons rows={[row]} />
      <Why id={id} />
      <Facts row={row} />
      <Conditions row={row} />
      {below.length > 0 ? (
        <Section title="Below it" count={below.length}>
          <Table label="Objects below" head={['State', 'Object', 'Age', 'Message']}>
            {below.slice(0, 100).map((child) => (
              <tr key={child.id}>
                <td>
                  <StateBadge state={child.state} />
                </td>
                <td>
                  <ObjectLink id={child.id} />
                </td>
                <td>
                  <Age since={child.created} />
                </td>
                <td class="message">{child.message}</td>
              </tr>
            ))}
          </Table>
        </Section>
      ) : null}
      <Containers row={row} />
      {events.length > 0 ? (
        <Section title="Events" count={events.length}>
          <EventTable events={events} />
        </Section>
      ) : null}
      <History row={row} />
      <ControllerLines row={row} />
      <Yaml id={id} turn={row.item?.resourceVersion ?? ''} />
    </article>
  );
}

function Ancestors({ row }: { readonly row: Row }) {
  const chain: Row[] = [];
  for (
    let at = rows.value.get(row.parent ?? '');
    at && !chain.includes(at);
    at = rows.value.get(at.parent ?? '')
  )
    chain.unshift(at);
  return (
    <nav aria-label="What it belongs to">
      <ol class="crumbs">
        {chain.map(({ id }) => (
          <li key={id}>
            <ObjectLink id={id} />
          </li>
        ))}
        <li aria-current="page">{row.ref.name}</li>
      </ol>
    </nav>
  );
}

function Facts({ row }: { readonly row: Row }) {
  const { ref, item, created, message } = row;
  const { revision, attempted, badges, suspension } = item ?? {};
  const app = appOf(row);
  return (
    <dl class="facts">
      {ref.namespace ? <Fact name="Namespace">{ref.namespace}</Fact> : null}
      <Fact name="Age">
        <Age since={created} />
      </Fact>
      {revision ? <Fact name="Revision">{shortRevision(revision)}</Fact> : null}
      {attempted ? <Fact name="Tries">{shortRevision(attempted)}</Fact> : null}
      {message ? <Fact name="Says">{message}</Fact> : null}
      {badges?.drifted ? <Fact name="Changed by hand">{badges.drifted.join(', ')}</Fact> : null}
      {suspension ? (
        <Fact name="Suspended">
          {suspension.reason ?? 'nobody said why'}
          {suspension.by === undefined ? '' : `, by ${suspension.by}`}
          {suspension.until === undefined ? '' : `, until ${suspension.until}`}
          {suspension.expired ? ' (that is over)' : ''}
        </Fact>
      ) : null}
      {app !== undefined && meta.value?.answers.includes('logs') === true ? (
        <Fact name="Logs">
          <a href={hrefOf({ view: 'logs', more: { app } })}>of {app}</a>
        </Fact>
      ) : null}
    </dl>
  );
}

function Fact({
  name,
  children: value,
}: {
  readonly name: string;
  readonly children: preact.ComponentChildren;
}) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function Conditions({ row }: { readonly row: Row }) {
  const conditions = row.item?.conditions ?? [];
  if (conditions.length === 0) return null;
  return (
    <Section title="Conditions">
      <Table label="Conditions" head={['Type', 'Status', 'Reason', 'Since', 'Message']}>
        {conditions.map(({ type, status, reason, since, message }) => (
          <tr key={type}>
            <td>{type}</td>
            <td>{status}</td>
            <td>{reason}</td>
            <td>
              <Age since={since === '' ? undefined : Date.parse(since)} />
            </td>
            <td class="message">{message}</td>
          </tr>
        ))}
      </Table>
    </Section>
  );
}

function Containers({ row }: { readonly row: Row }) {
  const containers = row.part?.containers ?? [];
  if (containers.length === 0) return null;
  return (
    <Section title="Containers" count={containers.length}>
      <Table label="Containers" head={['State', 'Name', 'Says', 'Restarts', 'Image']}>
        {containers.map(({ name, init, state, message, restarts, image }) => (
          <tr key={name}>
            <td>
              <StateBadge state={state} />
            </td>
            <td>
              {name}
              {init ? ' (init)' : ''}
            </td>
            <td>{message}</td>
            <td>{restarts}</td>
            <td class="mono wrap">{image}</td>
          </tr>
        ))}
      </Table>
    </Section>
  );
}

function History({ row }: { readonly row: Row }) {
  const history = row.item?.history ?? [];
  if (history.length === 0) return null;
  return (
    <Section title="History" count={history.length}>
      <Table label="History" head={['Last', 'Result', 'Revision', 'Took']}>
        {history.map(({ lastAt, result, revision, seconds }) => (
          <tr key={`${lastAt} ${result} ${revision ?? ''}`}>
            <td class="mono">{clockTime(lastAt, now.value)}</td>
            <td>{result}</td>
            <td class="mono">{shortRevision(revision ?? '–')}</td>
            <td>{duration(seconds)}</td>
          </tr>
        ))}
      </Table>
    </Section>
  );
}

/** Only an object of Flux has a controller whose log names it. */
function ControllerLines({ row: { id, item } }: { readonly row: Row }) {
  const asked = meta.value?.answers.includes('lines') === true && item && item.role !== 'workload';
  const { value, error } = useAnswer<{ lines: LogReport['lines'] }>(
    asked ? `/api/lines?id=${encodeURIComponent(id)}` : undefined,
    item?.resourceVersion ?? '',
  );
  if (error !== undefined) return <Trouble error={error} />;
  if (!value || value.lines.length === 0) return null;
  return (
    <Section title="What its controller says" count={value.lines.length}>
      <LogLines lines={value.lines} />
    </Section>
  );
}

function Yaml({ id, turn }: { readonly id: string; readonly turn: string }) {
  const asked = meta.value?.answers.includes('object') === true;
  const { value, error } = useAnswer<ObjectDetail>(
    asked ? `/api/object?id=${encodeURIComponent(id)}` : undefined,
    turn,
  );
  if (!value || error !== undefined) return null;
  return (
    <Section title="YAML">
      <pre class="scroll" tabIndex={0} role="region" aria-label="YAML">
        {value.yaml}
      </pre>
    </Section>
  );
}
