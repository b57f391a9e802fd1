import type { ComponentChildren } from 'preact';
import { formatDuration } from '../../observe/duration.ts';
import { isKnown } from './culprits.ts';
import { shortName } from './format.ts';
import { hrefOf } from './route.ts';
import { now } from './store.ts';

/** A link to an object; plain text where nothing is known of it (any more). */
export function ObjectLink({ id, children }: { readonly id: string; readonly children?: ComponentChildren }) {
  const text = children ?? shortName(id);
  return isKnown(id) ? <a href={hrefOf({ view: 'object', id })}>{text}</a> : <span>{text}</span>;
}

/** How long ago, in one unit; the exact time as its title. */
export function Age({ since }: { readonly since: number | undefined }) {
  if (since === undefined || Number.isNaN(since)) return <span class="dim">–</span>;
  const iso = new Date(since).toISOString();
  return (
    <time dateTime={iso} title={iso}>
      {formatDuration(now.value - since)}
    </time>
  );
}

/** What the server said where it had no answer; nothing while all is well. */
export function Trouble({ error }: { readonly error: string | undefined }) {
  if (error === undefined) return null;
  return (
    <p class="alert" role="alert">
      {error}
    </p>
  );
}

export function Empty({ children }: { readonly children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}

export function Section({
  title,
  count,
  children,
}: {
  readonly title: string;
  readonly count?: number;
  readonly children: ComponentChildren;
}) {
  return (
    <section class="card">
      <h2>
        {title}
        {count === undefined ? null : <span class="count">{count}</span>}
      </h2>
      {children}
    </section>
  );
}

/** A table that a narrow screen can scroll sideways, with the keyboard as well. */
export function Table({
  label,
  head,
  children,
}: {
  readonly label: string;
  readonly head: readonly string[];
  readonly children: ComponentChildren;
}) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={label}>
      <table>
        <thead>
          <tr>
            {head.map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

/** The filter of a list. `/` goes to it. */
export function FilterBox({
  value,
  onChange,
  hint,
}: {
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly hint: string;
}) {
  return (
    <label class="filter">
      <span class="hidden">Filter</span>
      <input
        type="search"
        id="filter"
        value={value}
        placeholder={hint}
        spellcheck={false}
        autocomplete="off"
        onInput={(event) => onChange(event.currentTarget.value)}
      />
    </label>
  );
}
