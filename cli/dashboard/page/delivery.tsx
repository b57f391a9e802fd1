import type { Delivery, DeliveryStep, Hop, Station } from '../../observe/delivery.ts';
import { useAnswer } from './answer.ts';
import { clockTime, duration } from './format.ts';
import { Empty, ObjectLink, Section, Table, Trouble } from './parts.tsx';
import { adjust, route } from './route.ts';
import { StateBadge } from './state-badge.tsx';
import { meta, now, rows } from './store.ts';

const words: Readonly<Record<Station, string>> = {
  committed: 'committed',
  fetched: 'fetched by Flux',
  began: 'first Kustomization began',
  applied: 'all applied',
  rolledOut: 'all rolled out',
};

/** How the newest commit came into the cluster, station by station. */
export function DeliveryView() {
  const here = meta.value?.environment ?? '';
  const environment = route.value.more['env'] ?? here;
  const turn = environment === here ? stateOfKustomizations() : '';
  const { value, error, pending, again } = useAnswer<Delivery>(
    `/api/delivery?env=${encodeURIComponent(environment)}`,
    turn,
  );
  return (
    <>
      <div class="bar">
        <label>
          Environment{' '}
          <select
            value={environment}
            onChange={({ currentTarget }) => adjust({ more: { env: currentTarget.value } })}
          >
            {(meta.value?.environments ?? [here]).map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <button type="button" disabled={pending} onClick={again}>
          Look again
        </button>
      </div>
      <Trouble error={error} />
      {value ? <Story delivery={value} linked={environment === here} /> : null}
      {pending && !value ? <Empty>Looking …</Empty> : null}
    </>
  );
}

/** When it changes, it is time to look again. */
function stateOfKustomizations(): string {
  return [...rows.value.values()]
    .filter(({ ref }) => ref.kind === 'Kustomization')
    .map(({ state, item }) => `${state ?? ''} ${item?.revision ?? ''}`)
    .join();
}

function Story({ delivery, linked }: { readonly delivery: Delivery; readonly linked: boolean }) {
  const { commit, note, complete, hops, seconds, steps } = delivery;
  if (commit === undefined) return <Empty>Flux has fetched nothing yet.</Empty>;
  const counts = (change: DeliveryStep['change']): number =>
    steps.filter((step) => step.change === change).length;
  const [start, end] = [hops.find(({ to }) => to === 'fetched')?.at, hops.at(-1)?.at];
  return (
    <>
      <p>
        <code>{commit.slice(0, 7)}</code>{' '}
        {note ? `“${note.subject}”, ${note.author}` : 'is a commit that this clone does not have'}.{' '}
        {complete
          ? `It is rolled out${seconds === undefined ? '' : `: ${duration(seconds)} from the first station that is known`}.`
          : `It is not rolled out whole: ${counts('pending')} of ${steps.length} have an earlier commit.`}
      </p>
      <Section title="Stations">
        <Hops hops={hops} />
      </Section>
      <Section title="Kustomizations" count={steps.length}>
        <p class="dim">
          {counts('changed')} changed, {counts('unchanged')} unchanged, {counts('pending')} to come. Flux
          forgets when a run began once another one gave the same.
        </p>
        <Table
          label="Kustomizations"
          head={['State', 'Kustomization', 'This commit', 'Began', 'Applied', 'Rolled out', 'When']}
        >
          {steps.map((step) => (
            <tr key={step.id}>
              <td>
                <StateBadge state={step.state} />
              </td>
              <td>{linked ? <ObjectLink id={step.id} /> : step.id.split('/').at(-1)}</td>
              <td>{step.change}</td>
              <td class="mono">{clockTime(step.times.began ?? '', now.value) || '–'}</td>
              <td class="mono">{clockTime(step.times.applied ?? '', now.value) || '–'}</td>
              <td class="mono">{clockTime(step.times.rolledOut ?? '', now.value) || '–'}</td>
              <td class="span">
                <Bar step={step} start={start} end={end} />
              </td>
            </tr>
          ))}
        </Table>
      </Section>
    </>
  );
}

function Hops({ hops }: { readonly hops: readonly Hop[] }) {
  return (
    <ol class="hops">
      {hops.map(({ to, at, seconds }) => (
        <li key={to}>
          {seconds === undefined ? null : <span class="hop">{duration(seconds)}</span>}
          <strong>{words[to]}</strong>
          <time class="mono dim" dateTime={at} title={at}>
            {clockTime(at, now.value)}
          </time>
        </li>
      ))}
    </ol>
  );
}

/** From begin to end, on the scale of the whole delivery; the columns before it say the same in words. */
function Bar({
  step: { times },
  start,
  end,
}: {
  readonly step: DeliveryStep;
  readonly start: string | undefined;
  readonly end: string | undefined;
}) {
  const until = times.rolledOut ?? times.applied;
  const from = times.began ?? times.applied;
  if (start === undefined || end === undefined || until === undefined || from === undefined) return null;
  const whole = Math.max(1, Date.parse(end) - Date.parse(start));
  const at = (time: string): number =>
    Math.min(100, Math.max(0, ((Date.parse(time) - Date.parse(start)) / whole) * 100));
  const [left, right] = [at(from), at(until)];
  return (
    <span class="span-track" aria-hidden="true">
      <span class="span-bar" style={{ left: `${left}%`, width: `${Math.max(1, right - left)}%` }} />
    </span>
  );
}
