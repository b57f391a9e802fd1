import { computed, signal } from '@preact/signals';

// Where the page is, behind the # of the address: a link to it shows the same to whoever opens it.

export const views = [
  'overview',
  'tree',
  'order',
  'jobs',
  'images',
  'secrets',
  'diff',
  'matrix',
  'delivery',
  'events',
  'logs',
  'object',
] as const;
export type ViewName = (typeof views)[number];

export interface Route {
  readonly view: ViewName;
  /** The object that is shown or chosen. */
  readonly id?: string;
  /** The filter. */
  readonly q?: string;
  /** Other choices of a view, by name. */
  readonly more: Readonly<Record<string, string>>;
}

const fragment = signal(location.hash);

export function followAddress(): void {
  addEventListener('hashchange', () => (fragment.value = location.hash));
}

export const route = computed<Route>(() => parseRoute(fragment.value));

export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const { id, q, ...more } = Object.fromEntries(new URLSearchParams(query));
  const view = views.find((name) => name === path) ?? 'overview';
  return { view, ...(id === undefined ? {} : { id }), ...(q === undefined ? {} : { q }), more };
}

/** The address of a place, for links. */
export function hrefOf({ view, id, q, more = {} }: Partial<Route> & { view: ViewName }): string {
  const query = new URLSearchParams({
    ...(id === undefined ? {} : { id }),
    ...(q === undefined || q === '' ? {} : { q }),
    ...more,
  }).toString();
  return `#/${view}${query === '' ? '' : `?${query}`}`;
}

export function go(to: Partial<Route> & { view: ViewName }): void {
  location.hash = hrefOf(to);
}

/** Changes what is shown of the same view, without a step in the history: typing is not walking. */
export function adjust(change: Partial<Route>): void {
  const { view, id, q, more } = route.value;
  const next = hrefOf({
    view,
    ...(id === undefined ? {} : { id }),
    ...(q === undefined ? {} : { q }),
    ...change,
    more: { ...more, ...change.more },
  });
  history.replaceState(history.state, '', next);
  fragment.value = location.hash;
}
