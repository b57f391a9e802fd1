import { meta } from './store.ts';
import type { ViewName } from './route.ts';

interface ViewEntry {
  readonly name: ViewName;
  readonly title: string;
  /** After `g`. */
  readonly key: string;
}

const all: readonly ViewEntry[] = [
  { name: 'overview', title: 'Overview', key: 'o' },
  { name: 'tree', title: 'Tree', key: 't' },
  { name: 'order', title: 'Order', key: 'w' },
  { name: 'diff', title: 'Next commit', key: 'd' },
  { name: 'matrix', title: 'Matrix', key: 'm' },
  { name: 'delivery', title: 'Delivery', key: 'v' },
  { name: 'jobs', title: 'Jobs', key: 'j' },
  { name: 'images', title: 'Images', key: 'i' },
  { name: 'secrets', title: 'Secrets', key: 's' },
  { name: 'events', title: 'Events', key: 'e' },
  { name: 'logs', title: 'Logs', key: 'l' },
];

/** The views that this server can fill. */
export function shownViews(): readonly ViewEntry[] {
  const answers = meta.value?.answers ?? [];
  return all.filter(({ name }) => !isAnswer(name) || answers.includes(name));
}

const asked = ['diff', 'logs', 'matrix', 'delivery'] as const;

function isAnswer(name: ViewName): name is (typeof asked)[number] {
  return asked.some((each) => each === name);
}
