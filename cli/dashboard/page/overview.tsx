import type { GitReport } from '../../observe/status-report.ts';
import type { State } from '../../observe/model.ts';
import { useAnswer } from './answer.ts';
import { shortRevision } from './format.ts';
import { Age, Empty, ObjectLink, Section, Table } from './parts.tsx';
import { hrefOf } from './route.ts';
import { StateBadge } from './state-badge.tsx';
import { keptGit, meta, rows, summary, type Row } from './store.ts';

const order: readonly State[] = [
  'Failed',
  'Waiting',
  'Stale',
  'Reconciling',
  'Deleting',
  'Unknown',
  'Suspended',
  'Ready',
];

/** What runs, what does not and why, and which commit that is. */
export function Overview() {
  const items = [...rows.value.values()].filter(({ item }) => item);
  const troubled = items
    .filter(({ state }) => state !== 'Ready')
    .sort((a, b) => order.indexOf(a.state ?? 'Unknown') - order.indexOf(b.state ?? 'Unknown'));
  return (
    <>
      <Counts items={items} />
      <Section title="Not ready" count={troubled.length}>
        {troubled.length === 0 ? <Empty>Everything is ready.</Empty> : <Culprits rows={troubled} />}
      </Section>
      <Sources items={items} />
      {summary.value?.notes.length ? (
        <Section title="Not shown">
          <ul class="plain">
            {summary.value.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </Section>
      ) : null}
    </>
  );
}

function Counts({ items }: { readonly items: readonly Row[] }) {
  const kinds = [...new Set(items.map(({ ref }) => ref.kind))];
  return (
    <ul class="tiles" aria-label="Objects by kind and state">
      {kinds.map((kind) => {
        const ofKind = items.filter(({ ref }) => ref.kind === kind);
        return (
          <li key={kind} class="tile">
            <a href={hrefOf({ view: 'tree', q: `kind:${kind.toLowerCase()}` })}>
              <strong>{ofKind.length}</strong> {kind}
            </a>
            <span class="tile-states">
              {order.map((state) => {
                const count = ofKind.filter((row) => row.state === state).length;
                return count === 0 ? null : (
                  <span key={state}>
                    {count} <StateBadge state={state} />
                  </span>
                );
              })}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

/** One entry per culprit, with all that it holds up. */
function Culprits({ rows: troubled }: { readonly rows: readonly Row[] }) {
  const groups = new Map<string, Row[]>();
  for (const row of troubled) {
    const culprit = row.item?.cause?.chain.at(-1) ?? row.id;
    groups.set(culprit, [...(groups.get(culprit) ?? []), row]);
  }
  return (
    <ul class="culprits">
      {[...groups].map(([culprit, held]) => {
        const farthest = held.toSorted(
          (a, b) => (b.item?.cause?.chain.length ?? 0) - (a.item?.cause?.chain.length ?? 0),
        )[0];
        const cause = farthest?.item?.cause;
        const state = rows.value.get(culprit)?.state ?? farthest?.state;
        return (
          <li key={culprit}>
            <StateBadge state={state} />
            <div>
              <p class="why">{cause?.sentence ?? farthest?.message}</p>
              <p class="dim">
                <ObjectLink id={culprit} />
                {held.filter(({ id }) => id !== culprit).length > 0 ? ' holds up ' : null}
                {held
                  .filter(({ id }) => id !== culprit)
                  .slice(0, 12)
                  .map(({ id }, at) => (
                    <span key={id}>
                      {at === 0 ? '' : ', '}
                      <ObjectLink id={id} />
                    </span>
                  ))}
              </p>
              {cause ? <code class="next">{cause.next}</code> : null}
            </div>
          </li>
        );
      })}
    </ul>
  );
}

function Sources({ items }: { readonly items: readonly Row[] }) {
  const sources = items.filter(({ role }) => role === 'source');
  const revision = sources.find(({ ref }) => ref.kind === 'GitRepository')?.item?.revision ?? '';
  const git = useAnswer<GitReport>(
    meta.value?.answers.includes('git') === true ? '/api/git' : undefined,
    revision,
  );
  const facts = git.value ?? keptGit.value;
  return (
    <Section title="Sources" count={sources.length}>
      {facts ? <GitLine facts={facts} /> : null}
      <Table label="Sources" head={['State', 'Source', 'Revision', 'Age', 'Message']}>
        {sources.map(({ id, state, item, created, message }) => (
          <tr key={id}>
            <td>
              <StateBadge state={state} />
            </td>
            <td>
              <ObjectLink id={id} />
            </td>
            <td class="mono">{shortRevision(item?.revision ?? '–')}</td>
            <td>
              <Age since={created} />
            </td>
            <td class="message">{message}</td>
          </tr>
        ))}
      </Table>
    </Section>
  );
}

function GitLine({ facts }: { readonly facts: GitReport }) {
  const { applied, appliedCommit, head, branch, uncommitted, ahead, behind } = facts;
  return (
    <p>
      {applied ? (
        <>
          Applied <code>{applied.slice(0, 7)}</code>
          {appliedCommit ? ` “${appliedCommit.subject}”, ${appliedCommit.author}` : null}
          {'. '}
        </>
      ) : null}
      This clone is at <code>{head.slice(0, 7)}</code>
      {branch === undefined ? ' (detached)' : ` on ${branch}`}
      {ahead ? `, ${ahead} ahead of the cluster` : ''}
      {behind ? `, ${behind} behind the cluster` : ''}
      {uncommitted > 0 ? `, ${uncommitted} uncommitted` : ''}.
    </p>
  );
}
