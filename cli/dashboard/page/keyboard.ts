import { appOf } from './app-of.ts';
import { begin, targets } from './intent.ts';
import { dialog } from './palette.tsx';
import { go, route } from './route.ts';
import { nextTheme } from './theme.ts';
import { shownViews } from './views.ts';

/** How long after `g` the second key counts, in milliseconds. */
const chordMs = 1_500;

/** Keys that work wherever nobody is typing. */
export function listenToKeys(): void {
  let chordUntil = 0;
  addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      dialog.value = 'palette';
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || dialog.value !== undefined) return;
    if (event.target instanceof HTMLElement && /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) {
      if (event.key === 'Escape') event.target.blur();
      return;
    }
    if (event.timeStamp < chordUntil) {
      chordUntil = 0;
      const view = shownViews().find(({ key }) => key === event.key);
      if (view) go({ view: view.name });
      return;
    }
    if (event.key === 'g') chordUntil = event.timeStamp + chordMs;
    else if (event.key === '?') dialog.value = 'help';
    else if (event.key === 't') nextTheme();
    else if (event.key === 'r') begin('reconcile', targets());
    else if (event.key === 'l') goToLogs();
    else if (event.key === '[') step(-1);
    else if (event.key === ']') step(1);
    else if (event.key === '.') void navigator.clipboard.writeText(location.href);
    else if (event.key === '/' || event.key === 'j' || event.key === 'k') {
      const target = document.getElementById(event.key === '/' ? 'filter' : 'list');
      if (!target) return;
      event.preventDefault();
      target.focus();
    }
  });
}

/** The view beside this one, round and round; from an object, the first or the last. */
function step(by: 1 | -1): void {
  const shown = shownViews();
  const at = shown.findIndex(({ name }) => name === route.value.view);
  const next = shown.at(at < 0 ? Math.min(by, 0) : (at + by) % shown.length);
  if (next) go({ view: next.name });
}

/** Of the app that is shown or at which one is, else of all. */
function goToLogs(): void {
  if (!shownViews().some(({ name }) => name === 'logs')) return;
  const app = appOf(targets()[0]);
  go({ view: 'logs', ...(app === undefined ? {} : { more: { app } }) });
}
