import { causeAbout, isKnown } from './culprits.ts';
import { Empty, ObjectLink, Section } from './parts.tsx';
import { StateBadge } from './state-badge.tsx';
import { rows } from './store.ts';

/** The story of an object that is not ready, or that others wait for: the chain to the culprit, and what to do next. */
export function Why({ id: about }: { readonly id: string }) {
  const cause = causeAbout(about);
  if (!cause) return null;
  return (
    <Section title="Why it is not ready">
      <p class="why">{cause.sentence}</p>
      {cause.chain.length > 1 ? (
        <ol class="crumbs">
          {cause.chain.map((id) => (
            <li key={id}>
              {rows.value.has(id) ? <StateBadge state={rows.value.get(id)?.state} /> : null}{' '}
              <ObjectLink id={id} />
            </li>
          ))}
        </ol>
      ) : null}
      <p>
        Next: <code class="next">{cause.next}</code>
      </p>
    </Section>
  );
}

/** What is waited for may not be there, or belong to nothing that Flux applies: the story is told all the same. */
export function Absent({ id }: { readonly id: string }) {
  if (!isKnown(id)) return <Empty>The cluster has no {id === '' ? 'such object' : id} (any more).</Empty>;
  const [kind = '', ...place] = id.split('/');
  return (
    <article>
      <h1 class="object-title">
        <span class="kind">{kind}</span> {place.at(-1)}
      </h1>
      <Why id={id} />
      <Empty>Nothing more is known of it here: Flux does not apply it.</Empty>
    </article>
  );
}
