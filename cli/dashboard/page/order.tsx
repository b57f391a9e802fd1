import { duration, shortName } from './format.ts';
import { Empty, ObjectLink, Section } from './parts.tsx';
import { StateBadge } from './state-badge.tsx';
import { rows, summary } from './store.ts';

/** What Flux applies after what, wave by wave; the way that takes longest is marked. */
export function OrderView() {
  const order = summary.value?.order;
  if (!order || order.steps.length === 0) return <Empty>Flux has nothing to apply here.</Empty>;
  return (
    <>
      {order.criticalPath.length > 1 ? (
        <p>
          <strong>Longest way</strong> ({duration(order.criticalSeconds)}):{' '}
          {order.criticalPath.map((id, at) => (
            <span key={id}>
              {at === 0 ? '' : ' → '}
              <ObjectLink id={id} />
            </span>
          ))}
        </p>
      ) : null}
      {order.cycles.map((circle) => (
        <p key={circle.join()} class="alert" role="alert">
          These wait for each other, and none of them is ever applied: {circle.map(shortName).join(' → ')}
        </p>
      ))}
      <ol class="waves">
        {order.waves.map((ids, wave) => (
          <li key={ids.join()}>
            <Section title={`Wave ${wave + 1}`} count={ids.length}>
              <ul class="steps">
                {ids.map((id) => (
                  <Step key={id} id={id} />
                ))}
              </ul>
            </Section>
          </li>
        ))}
      </ol>
    </>
  );
}

function Step({ id }: { readonly id: string }) {
  const step = summary.value?.order.steps.find((each) => each.id === id);
  const row = rows.value.get(id);
  if (!step) return null;
  const times = [
    ...(step.seconds === undefined ? [] : [`took ${duration(step.seconds)}`]),
    ...(step.waitedSeconds === undefined
      ? []
      : [`began ${duration(step.waitedSeconds)} after the commit came`]),
  ];
  return (
    <li class={step.critical ? 'step critical' : 'step'}>
      <div>
        <StateBadge state={row?.state} /> <ObjectLink id={id} />
        {step.critical ? <span class="tag">longest way</span> : null}
      </div>
      {times.length > 0 ? <div class="dim">{times.join(', ')}</div> : null}
      {step.dependsOn.length > 0 ? (
        <div class="dim">
          after{' '}
          {step.dependsOn.map((other, at) => (
            <span key={other}>
              {at === 0 ? '' : ', '}
              <ObjectLink id={other} />
              {step.missing.includes(other) ? ' (not in the cluster)' : ''}
            </span>
          ))}
        </div>
      ) : null}
    </li>
  );
}
