import { Hono } from 'hono';
import { PlatformError } from '../errors/platform-error.ts';
import type { Actions } from './actions.ts';
import { eventStream, type StreamOptions } from './event-stream.ts';
import type { Feed } from './feed.ts';
import type { LiveDiff } from '../lifecycle/diff-live.ts';
import type { LogLine } from '../observe/app-story.ts';
import type { Delivery } from '../observe/delivery.ts';
import type { Promotion } from '../observe/promotion.ts';
import type { GitReport } from '../observe/status-report.ts';
import { refusalOf, safeHeaders } from './guard.ts';
import { parseAction } from './parse-action.ts';
import type { Meta, ObjectDetail } from './page-data.ts';
import type { ShellFile } from './shell.ts';

/** What the server answers besides the model; a part that is absent has no route. */
export interface Answers {
  readonly object?: (id: string) => ObjectDetail | undefined;
  readonly logs?: (app: string | undefined) => Promise<unknown>;
  /** What Flux's controller logged about an object, by its id. */
  readonly lines?: (id: string) => Promise<readonly LogLine[]>;
  readonly diff?: (base: 'HEAD' | 'applied') => Promise<unknown>;
  /** The working tree against the cluster; takes the right to change it, so that a page that only shows has none. */
  readonly drift?: () => Promise<LiveDiff>;
  readonly git?: () => Promise<GitReport>;
  readonly matrix?: () => Promise<Promotion>;
  /** Of another environment by its name. */
  readonly delivery?: (environment: string) => Promise<Delivery>;
  /** Absent for a page that only shows. */
  readonly actions?: Actions;
}

export interface WebAppOptions {
  readonly port: number;
  readonly token: string;
  readonly meta: Meta;
  readonly feed: Feed;
  readonly shell: ReadonlyMap<string, ShellFile>;
  readonly answers: Answers;
  /** The whole page with its data, in one file. */
  readonly exported: () => Promise<string>;
  readonly every: StreamOptions['every'];
  /** Names this run of the server. */
  readonly boot: string;
}

/** Of failures that are the asker's. */
const statuses: Readonly<Record<string, 400 | 404>> = {
  USAGE: 400,
  NOT_CONFIRMED: 400,
  OBJECT_UNKNOWN: 404,
};

/** The page and its API: fixed routes, none of which passes anything on to the cluster as it came. */
export function webApp(options: WebAppOptions): (request: Request) => Response | Promise<Response> {
  const { port, token, meta, feed, shell, answers } = options;
  const app = new Hono();
  app.use(async (context, next) => {
    const refusal = refusalOf(context.req.raw, port, token, !shell.has(new URL(context.req.url).pathname));
    if (refusal) return context.json({ why: refusal.why }, refusal.status, safeHeaders);
    await next();
    for (const [name, value] of Object.entries(safeHeaders)) context.header(name, value);
  });
  for (const [path, file] of shell)
    app.get(path, ({ req }) => shellResponse(file, req.header('accept-encoding')));
  app.get('/api/meta', (context) => context.json(meta));
  app.get('/api/model', async (context) => context.json({ meta, model: await feed.model() }));
  app.get('/api/stream', ({ req }) => {
    const lastId = req.header('last-event-id') ?? null;
    const { every, boot } = options;
    return new Response(eventStream({ feed, meta, every, boot, lastId }), {
      headers: { 'Content-Type': 'text/event-stream' },
    });
  });
  app.get('/api/export', async (context) => context.html(await options.exported()));
  const { object, logs, lines, diff, drift, git, matrix, delivery, actions } = answers;
  if (object)
    app.get('/api/object', (context) => {
      const found = object(context.req.query('id') ?? '');
      return found ? context.json(found) : context.json({ why: 'the cluster has no such object' }, 404);
    });
  if (logs)
    app.get('/api/logs', async (context) => {
      const named = context.req.query('app') ?? '';
      return context.json(await logs(named === '' ? undefined : named));
    });
  if (lines)
    app.get('/api/lines', async (context) =>
      context.json({ lines: await lines(context.req.query('id') ?? '') }),
    );
  if (diff)
    app.get('/api/diff', async (context) => {
      const base = context.req.query('base') ?? 'HEAD';
      if (base !== 'HEAD' && base !== 'applied') return context.json({ why: 'base is HEAD or applied' }, 400);
      return context.json({ changes: await diff(base) });
    });
  if (drift) app.get('/api/drift', async (context) => context.json(await drift()));
  if (git) app.get('/api/git', async (context) => context.json(await git()));
  if (matrix) app.get('/api/matrix', async (context) => context.json(await matrix()));
  if (delivery)
    app.get('/api/delivery', async (context) => {
      const environment = context.req.query('env') ?? meta.environment;
      if (!meta.environments.includes(environment))
        return context.json({ why: 'there is no such environment' }, 400);
      return context.json(await delivery(environment));
    });
  if (actions) {
    app.get('/api/rights', async (context) => context.json(await actions.missing()));
    app.post('/api/action', async (context) => {
      const request = parseAction(await context.req.json().catch(() => undefined));
      return context.json(await actions.act(request, context.req.raw.signal));
    });
  }
  app.notFound((context) => context.json({ why: 'there is no such path' }, 404));
  app.onError((error, context) => {
    const { message } = error;
    const [code, hint] = error instanceof PlatformError ? [error.code, error.hint] : ['', ''];
    if (code === 'OBJECT_CHANGED')
      return context.json(
        { why: 'it was changed meanwhile, look again; nothing was done' },
        409,
        safeHeaders,
      );
    return context.json({ why: message, hint }, statuses[code] ?? 500, safeHeaders);
  });
  return app.fetch;
}

function shellResponse(file: ShellFile, accepted = ''): Response {
  const zipped = /\bgzip\b/.test(accepted);
  return new Response(zipped ? file.gzipped : file.text, {
    headers: {
      'Content-Type': file.type,
      Vary: 'Accept-Encoding',
      ...(zipped ? { 'Content-Encoding': 'gzip' } : {}),
    },
  });
}
