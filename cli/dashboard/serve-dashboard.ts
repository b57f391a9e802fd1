import { randomBytes } from 'node:crypto';
import type { GitReport } from '../observe/status-report.ts';
import { serveLoopback, type WebServer } from '../ports/web-server.ts';
import { exportPage } from './export-page.ts';
import type { Feed } from './feed.ts';
import type { Meta } from './page-data.ts';
import type { ShellFile } from './shell.ts';
import { webApp, type Answers } from './web-app.ts';

/** What is served: the data, and what the server can be asked besides. */
export interface Dashboard {
  readonly meta: Meta;
  readonly feed: Feed;
  readonly answers: Answers;
  /** Of a file, which nobody is asked for. */
  readonly git?: GitReport | undefined;
}

export interface Served extends WebServer {
  /** With the token, behind the `#`: who has it sees the cluster. */
  readonly url: string;
  readonly token: string;
}

/**
 * Serves the page and its API at 127.0.0.1 to whoever has the token, which is a new one each time.
 *
 * @param port 0 takes a free one.
 * @throws The system's error, e.g. EADDRINUSE.
 */
export async function serveDashboard(
  dashboard: Dashboard,
  shell: ReadonlyMap<string, ShellFile>,
  port: number,
): Promise<Served> {
  const token = randomBytes(32).toString('base64url');
  const boot = randomBytes(6).toString('base64url');
  const server = await serveLoopback(port, (taken) =>
    webApp({
      ...dashboard,
      shell,
      token,
      boot,
      port: taken,
      every: (ms, call) => {
        const timer = setInterval(call, ms);
        return () => clearInterval(timer);
      },
      exported: async () => exportPage(shell, await snapshotOf(dashboard)),
    }),
  );
  return {
    origin: server.origin,
    token,
    url: `${server.origin}/#t=${token}`,
    close: async () => {
      dashboard.feed.close();
      await server.close();
    },
  };
}

/** Everything that an export holds. */
export async function snapshotOf({
  meta,
  feed,
  answers,
  git,
}: Dashboard): Promise<Parameters<typeof exportPage>[1]> {
  const [model, facts] = await Promise.all([feed.model(), git ?? answers.git?.()]);
  return { meta, model, ...(facts ? { git: facts } : {}) };
}
