import type { JobRun } from '../../observe/model-parts.ts';
import { duration } from './format.ts';
import { begin, mayAct } from './intent.ts';
import { Age, Empty, ObjectLink, Table } from './parts.tsx';
import { StateBadge } from './state-badge.tsx';
import { meta, rows, summary } from './store.ts';

const head = ['State', 'Job', 'Done', 'Started', 'Took', 'Tries', 'Message'];

/** Jobs with their tries: of the backfill, each stage is one. */
export function JobsView() {
  const jobs = summary.value?.jobs ?? [];
  if (jobs.length === 0) return <Empty>There are no Jobs.</Empty>;
  return (
    <Table label="Jobs" head={mayAct() ? [...head, 'Again'] : head}>
      {jobs.map((job) => (
        <tr key={job.id}>
          <td>
            <StateBadge state={job.state} />
          </td>
          <td>
            <ObjectLink id={job.id} />
          </td>
          <td>
            <Progress job={job} />
          </td>
          <td>
            <Age since={job.startedAt === undefined ? undefined : Date.parse(job.startedAt)} />
          </td>
          <td>{job.seconds === undefined ? '–' : duration(job.seconds)}</td>
          <td>
            <Tries job={job} />
          </td>
          <td class="message">{job.message}</td>
          {mayAct() ? (
            <td>
              <RunAgain id={job.id} />
            </td>
          ) : null}
        </tr>
      ))}
    </Table>
  );
}

/** Of a Job of the backfill: the stage that it belongs to. */
function RunAgain({ id }: { readonly id: string }) {
  const stage = rows.value.get(rows.value.get(id)?.parent ?? '');
  if (!stage || meta.value?.stages[stage.id] === undefined) return null;
  return (
    <button type="button" onClick={() => begin('rerun', [stage])} aria-label={`Run ${stage.ref.name} again`}>
      Run again …
    </button>
  );
}

function Progress({ job: { succeeded, wanted, active, parallelism } }: { readonly job: JobRun }) {
  return (
    <>
      <meter
        aria-label={`${succeeded} of ${wanted} done`}
        min={0}
        max={Math.max(1, wanted)}
        value={succeeded}
      />{' '}
      {succeeded}/{wanted}
      {active > 0 ? (
        <span class="dim">
          , {active} running of at most {parallelism}
        </span>
      ) : null}
    </>
  );
}

function Tries({ job: { attempts, failed, backoffLimit } }: { readonly job: JobRun }) {
  return (
    <>
      {failed > 0 ? `${failed} of ${backoffLimit + 1} failed` : `${attempts.length}`}
      {attempts
        .filter(({ exitCode }) => exitCode !== undefined && exitCode !== 0)
        .map(({ pod, exitCode }) => (
          <div key={pod}>
            <ObjectLink id={pod} />: exit code {exitCode}
          </div>
        ))}
    </>
  );
}
