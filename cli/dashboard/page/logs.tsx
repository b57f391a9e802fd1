import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { LogReport } from '../../observe/read-logs.ts';
import { useAnswer } from './answer.ts';
import { clockTime } from './format.ts';
import { Empty, FilterBox, Trouble } from './parts.tsx';
import { adjust, route } from './route.ts';
import { meta, now } from './store.ts';

/** How often a log that is followed is asked for, in milliseconds. */
const followMs = 3_000;

/** What apps log; on an engine that simulates pods, their events and what Flux says about them. */
export function LogsView() {
  const { q = '', more } = route.value;
  const app = more['app'] ?? '';
  const follow = useSignal(false);
  const { value, error, pending, again } = useAnswer<LogReport>(`/api/logs?app=${encodeURIComponent(app)}`);
  useEffect(() => {
    if (!follow.value) return undefined;
    const timer = setInterval(() => document.hidden || again(), followMs);
    return () => clearInterval(timer);
  });
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  const lines = (value?.lines ?? []).filter(({ level, from, text }) => {
    const whole = `${level} ${from} ${text}`.toLowerCase();
    return words.every((word) =>
      word.startsWith('!') ? !whole.includes(word.slice(1)) : whole.includes(word),
    );
  });
  return (
    <>
      <div class="bar">
        <label>
          App{' '}
          <select
            value={app}
            onChange={({ currentTarget }) => adjust({ more: { app: currentTarget.value } })}
          >
            <option value="">all</option>
            {(meta.value?.apps ?? []).map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <FilterBox value={q} hint="error !health" onChange={(text) => adjust({ q: text })} />
        <label>
          <input
            type="checkbox"
            checked={follow.value}
            onChange={({ currentTarget }) => (follow.value = currentTarget.checked)}
          />{' '}
          follow
        </label>
        <button type="button" onClick={again}>
          Read again
        </button>
        <button type="button" disabled={lines.length === 0} onClick={() => download(lines, app)}>
          Download
        </button>
      </div>
      {value?.simulated === true ? (
        <p class="dim">Pods are simulated here and log nothing: these are events and what Flux says.</p>
      ) : null}
      <Trouble error={error} />
      {lines.length === 0 ? <Empty>{pending ? 'Reading …' : 'No lines.'}</Empty> : <LogLines lines={lines} />}
    </>
  );
}

export function LogLines({ lines }: { readonly lines: LogReport['lines'] }) {
  return (
    <div class="log scroll" tabIndex={0} role="log" aria-label="Log lines">
      {lines.map(({ at, from, level, text }, index) => (
        <div key={index} class={`log-line ${level}`}>
          <span class="dim">{clockTime(at, now.value)}</span> <span class="from">{from}</span>{' '}
          {level === 'info' ? null : <strong>{level} </strong>}
          <span>{withoutColours(text)}</span>
        </div>
      ))}
    </div>
  );
}

/** Without the sequences that colour a terminal. */
export function withoutColours(text: string): string {
  return text.replace(/\u001b\[[0-9;]*[A-Za-z]/g, '');
}

function download(lines: LogReport['lines'], app: string): void {
  const text = lines.map(({ at, from, level, text: line }) => `${at} ${from} ${level} ${line}\n`).join('');
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  link.download = `${app === '' ? 'all' : app}.log`;
  link.click();
  URL.revokeObjectURL(link.href);
}
