import type { Culprit } from '../../observe/culprits.ts';
import type { GitReport } from '../../observe/status-report.ts';
import type { State } from '../../observe/model.ts';
import { useAnswer } from './answer.ts';
import { culprits } from './culprits.ts';
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

/** How many of what a culprit holds up are named. */
const mostHeld = 12;

/** What runs, what does not and why, and which commit that is. */
export function Overview() {
  const items = [...rows.value.values()].filter(({ item }) => item);
  return (
    <>
      <Section title="Not ready" count={culprits.value.flatMap(({ holdsUp }) => holdsUp).length}>
        {culprits.value.length === 0 ? (
          <Empty>Everything is ready.</Empty>
        ) : (
          <Culprits found={culprits.value} />
        )}
      </Section>
      <Counts items={items} />
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

/** One entry per culprit, as `platform why` tells it, with all that it holds up. */
function Culprits({ found }: { readonly found: readonly Culprit[] }) {
  return (
    <ul class="culprits">
      {found.map(({ id, cause, holdsUp }) => {
        const others = holdsUp.filter((other) => other !== id);
        const state = rows.value.get(id)?.state ?? rows.value.get(holdsUp[0] ?? '')?.state;
        return (
          <li key={id}>
            <StateBadge state={state} />
            <div>
              <p class="why">{cause.sentence}</p>
              <p class="dim">
                <strong>
                  <ObjectLink id={id} />
                </strong>
                {others.length > 0 ? ' holds up ' : null}
                {others.slice(0, mostHeld).map((other, at) => (
                  <span key={other}>
                    {at === 0 ? '' : ', '}
                    <ObjectLink id={other} />
                  </span>
                ))}
                {others.length > mostHeld ? ` and ${others.length - mostHeld} more` : null}
              </p>
              <p>
                Next: <code class="next">{cause.next}</code>
              </p>
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
