import { render } from 'preact';
import type { Snapshot } from '../page-data.ts';
import './app.css';
import { apiWith, takeToken } from './access.ts';
import { ApiContext } from './answer.ts';
import { App } from './app.tsx';
import { listenToKeys } from './keyboard.ts';
import { followAddress } from './route.ts';
import { connection, now, takeSnapshot } from './store.ts';
import { followServer } from './stream.ts';
import { followTheme } from './theme.ts';

/** How often ages are looked at again, in milliseconds. */
const ageMs = 5_000;

const kept = document.getElementById('snapshot')?.textContent;
const api = kept === undefined ? apiWith(takeToken()) : undefined;
followAddress();
followTheme();
listenToKeys();
if (kept !== undefined) {
  takeSnapshot(JSON.parse(kept) as Snapshot);
  connection.value = { state: 'file' };
}
const place = document.getElementById('app');
if (place) {
  place.replaceChildren();
  render(
    <ApiContext.Provider value={api}>
      <App />
    </ApiContext.Provider>,
    place,
  );
}
if (api) followServer(api);
setInterval(() => (now.value = Date.now()), ageMs);
