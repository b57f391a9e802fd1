import { useEffect } from 'preact/hooks';
import { ActionDialog } from './action-dialog.tsx';
import { useRights } from './actions.tsx';
import { DeliveryView } from './delivery.tsx';
import { DiffView } from './diff.tsx';
import { EventsView } from './events.tsx';
import { ImagesView } from './images.tsx';
import { JobsView } from './jobs.tsx';
import { LogsView } from './logs.tsx';
import { MatrixView } from './matrix.tsx';
import { ObjectView } from './object.tsx';
import { OrderView } from './order.tsx';
import { Overview } from './overview.tsx';
import { dialog, Help, Palette } from './palette.tsx';
import { Age } from './parts.tsx';
import { hrefOf, route, type ViewName } from './route.ts';
import { SecretsView } from './secrets.tsx';
import { connection, meta, rows, summary, trouble } from './store.ts';
import { nextTheme, theme } from './theme.ts';
import { TreeView } from './tree.tsx';
import { shownViews } from './views.ts';

const contents: Readonly<Record<ViewName, () => preact.ComponentChildren>> = {
  overview: () => <Overview />,
  tree: () => <TreeView />,
  order: () => <OrderView />,
  jobs: () => <JobsView />,
  images: () => <ImagesView />,
  secrets: () => <SecretsView />,
  diff: () => <DiffView />,
  matrix: () => <MatrixView />,
  delivery: () => <DeliveryView />,
  events: () => <EventsView />,
  logs: () => <LogsView />,
  object: () => <ObjectView />,
};

export function App() {
  const { view } = route.value;
  useRights();
  const title = shownViews().find(({ name }) => name === view)?.title ?? '';
  useEffect(() => {
    document.title = `${title === '' ? (route.value.id ?? '') : title} · ${meta.value?.environment ?? ''}`;
  });
  return (
    <>
      <a class="skip" href="#main" onClick={skip}>
        Skip to the content
      </a>
      <Header />
      <Banner />
      <main id="main" tabIndex={-1} class={`view-${view}`}>
        {view === 'object' ? null : <h1>{title}</h1>}
        {summary.value ? contents[view]() : <p role="status">Reading the cluster …</p>}
      </main>
      {dialog.value === 'palette' ? <Palette /> : null}
      {dialog.value === 'help' ? <Help /> : null}
      {dialog.value === 'action' ? <ActionDialog /> : null}
    </>
  );
}

/** The address is the page's state, so that a link into the page must not change it. */
function skip(event: Event): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}

function Header() {
  const { environment = '', client = '', engine = '', standIns = [] } = meta.value ?? {};
  const troubled = [...rows.value.values()].filter(({ item }) => item && item.state !== 'Ready').length;
  return (
    <header>
      <div class="place">
        <strong>{environment}</strong>
        <span class="dim">
          {client} · {engine}
        </span>
        {standIns.length > 0 ? (
          <span class="tag" title={standIns.join('; ')}>
            {standIns.join('; ')}
          </span>
        ) : null}
      </div>
      <nav aria-label="Views">
        <ul>
          {shownViews().map(({ name, title }) => (
            <li key={name}>
              <a href={hrefOf({ view: name })} aria-current={route.value.view === name ? 'page' : undefined}>
                {title}
                {name === 'overview' && troubled > 0 ? <span class="count bad">{troubled}</span> : null}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div class="tools">
        <Freshness />
        <button type="button" onClick={() => (dialog.value = 'palette')}>
          Go to <kbd>Ctrl K</kbd>
        </button>
        <button type="button" onClick={nextTheme} aria-label={`Theme: ${theme.value}. Change it`}>
          {theme.value}
        </button>
        <button type="button" onClick={() => (dialog.value = 'help')} aria-label="Keys">
          ?
        </button>
      </div>
    </header>
  );
}

function Freshness() {
  const taken = summary.value?.takenAt;
  const { state } = connection.value;
  if (taken === undefined) return null;
  if (state === 'live' && trouble.value === undefined)
    return (
      <span class="live">
        <span aria-hidden="true">●</span> live
      </span>
    );
  return (
    <span class="dim">
      as of <Age since={Date.parse(taken)} /> ago
    </span>
  );
}

/** What keeps the page from being true. */
function Banner() {
  const told = connection.value;
  const text =
    told.state === 'lost'
      ? `The connection to the server is lost; next try in about ${Math.round(told.retryMs / 1000)} s. Is \`platform dashboard\` still running?`
      : told.state === 'refused'
        ? `The server refuses this page (${told.why}). Open the address that \`platform dashboard\` printed.`
        : trouble.value === undefined
          ? undefined
          : `The cluster does not answer: ${trouble.value}`;
  return (
    <div role="alert" class={text === undefined ? 'banner none' : 'banner'}>
      {text}
    </div>
  );
}
