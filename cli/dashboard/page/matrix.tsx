import type { Promotion, PromotionCell, PromotionColumn } from '../../observe/promotion.ts';
import { useAnswer } from './answer.ts';
import { shortRevision } from './format.ts';
import { Age, Empty, Table, Trouble } from './parts.tsx';
import { hrefOf } from './route.ts';
import { StateBadge } from './state-badge.tsx';
import { meta, rows } from './store.ts';

/** Each workload in each environment: what git says, what runs, and how far it is behind the environment before. */
export function MatrixView() {
  const { value, error, pending, again } = useAnswer<Promotion>('/api/matrix', appliedRevision());
  return (
    <>
      <div class="bar">
        <span class="dim">Image tags of the last commit, and what runs where the cluster answers.</span>
        <button type="button" disabled={pending} onClick={again}>
          {pending ? 'Looking …' : 'Look again'}
        </button>
      </div>
      <Trouble error={error} />
      {pending && !value ? <Empty>Building all environments and asking their clusters …</Empty> : null}
      {value ? <Columns promotion={value} /> : null}
    </>
  );
}

/** What the cluster of this page has applied: when that changes, it is time to look again. */
function appliedRevision(): string {
  return rows.value.get('Kustomization/flux-system/platform')?.item?.revision ?? '';
}

function Columns({ promotion: { environments, rows: all } }: { readonly promotion: Promotion }) {
  if (all.length === 0) return <Empty>No environment has a workload.</Empty>;
  const names = environments.map(({ name }) => name);
  const unseen = environments.filter(({ note }) => note !== undefined);
  return (
    <>
      <Table label="Workloads by environment" head={['App', 'Workload', ...names]}>
        {all.map(({ app, kind, name, cells }) => (
          <tr key={`${app} ${kind} ${name}`}>
            <th scope="row">{app}</th>
            <td>
              <span class="kind">{kind}</span> {name}
            </td>
            {environments.map((column) => (
              <td key={column.name} class="cell">
                <Cell cell={cells[column.name]} column={column} />
              </td>
            ))}
          </tr>
        ))}
      </Table>
      {unseen.length > 0 ? (
        <ul class="plain dim">
          {unseen.map(({ name, note }) => (
            <li key={name}>
              {name}: only what git says, because {note}
            </li>
          ))}
        </ul>
      ) : null}
    </>
  );
}

function Cell({
  cell,
  column,
}: {
  readonly cell: PromotionCell | undefined;
  readonly column: PromotionColumn;
}) {
  if (!cell) return <span class="dim">not there</span>;
  const { tags, replicas, since, running, behind } = cell;
  const here = column.name === meta.value?.environment;
  return (
    <>
      <div>
        <strong class="mono">{tags}</strong>
        {replicas === undefined || replicas === 1 ? null : <span class="dim"> ×{replicas}</span>}
      </div>
      {running ? (
        <div>
          {here ? (
            <a href={hrefOf({ view: 'object', id: running.id })}>
              <StateBadge state={running.state} />
            </a>
          ) : (
            <StateBadge state={running.state} />
          )}{' '}
          <span class="dim">
            {running.revision === undefined ? '' : `${shortRevision(running.revision)}, `}
            <Age since={Date.now() - running.ageSeconds * 1000} />
          </span>
        </div>
      ) : column.note === undefined ? (
        <div class="bad">not in the cluster</div>
      ) : null}
      {running && running.tags !== tags ? <div class="late">still runs {running.tags}</div> : null}
      {behind ? <Behind behind={behind} /> : null}
      {since ? (
        <div class="dim">
          since <code>{since.commit.slice(0, 7)}</code>, <Age since={Date.parse(since.at)} /> ago
        </div>
      ) : null}
    </>
  );
}

function Behind({ behind }: { readonly behind: NonNullable<PromotionCell['behind']> }) {
  const { environment, changes, since } = behind;
  if (changes === 0) return <div class="dim">as {environment}</div>;
  if (changes === undefined) return <div class="late">{environment} never had it</div>;
  return (
    <div class="late">
      −{changes} {changes === 1 ? 'change' : 'changes'} behind {environment}
      {since === undefined ? null : (
        <>
          , for <Age since={Date.parse(since)} />
        </>
      )}
    </div>
  );
}
