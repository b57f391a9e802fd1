import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import getPort from 'get-port';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { realEnvironment } from '../testing/e2e-environment.ts';
import { repositoryRoot } from '../testing/repository-root.ts';

// The demos as plain programs; cli/e2e/kind runs them in pods.
const folder = mkdtempSync(join(tmpdir(), 'demos-'));
const env = realEnvironment(folder);
const settings = {
  PRODUCT_IDS: '["BTC/USD","ADA/USD"]',
  LAST_DAYS: '30',
  CANDLE_SECONDS: '60',
  LOG_LEVEL: 'info',
};
const hasGo = ((): boolean => {
  try {
    execFileSync('go', ['version'], { env });
    return true;
  } catch {
    console.log('demos: not compiled and not run, since there is no Go on this machine');
    return false;
  }
})();

interface Running {
  readonly child: ChildProcess;
  readonly said: () => string;
  readonly ended: Promise<number | null>;
}

function start(app: string, args: readonly string[], more: Record<string, string> = {}): Running {
  const child = spawn(join(folder, app), args, {
    env: { ...settings, ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return {
    child,
    said: () => text,
    ended: new Promise((resolve) => child.on('close', resolve)),
  };
}

const saysSoon = async (running: Running, text: string | RegExp): Promise<void> =>
  vi.waitFor(() => expect(running.said()).toMatch(text), { timeout: 10_000, interval: 20 });

describe.runIf(hasGo)('the demo of', () => {
  beforeAll(() => {
    for (const app of ['trades', 'backfill', 'prediction-api']) {
      execFileSync('go', ['build', '-trimpath', '-o', join(folder, app), '.'], {
        cwd: join(repositoryRoot, 'apps', app, 'demo'),
        env: { ...env, CGO_ENABLED: '0', GOFLAGS: '', GOTOOLCHAIN: 'local' },
      });
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('trades writes a line for each trade of each pair, and ends when asked to', async () => {
    const trades = start('trades', []);
    await saysSoon(
      trades,
      /level=info msg=trade pair=ADA\/USD side=(buy|sell) price=[\d.]+ quantity=[\d.]+\n/,
    );
    trades.child.kill('SIGTERM');

    expect(await trades.ended).toBe(0);
    expect(trades.said()).toMatch(/msg=trade pair=BTC\/USD/);
    expect(trades.said().match(/this is the demo/g)).toHaveLength(1);
    expect(trades.said()).not.toContain('level=debug');
    expect(trades.said()).toMatch(/msg=stopped trades=\d+\n$/);
  });

  it('trades says more at debug, and nothing of trades at warn', async () => {
    const [debug, warn] = [
      start('trades', [], { LOG_LEVEL: 'debug' }),
      start('trades', [], { LOG_LEVEL: 'warn' }),
    ];
    await saysSoon(debug, /level=debug msg="price moves" pair=ADA\/USD/);
    await saysSoon(warn, 'this is the demo');
    for (const { child } of [debug, warn]) child.kill('SIGTERM');

    expect(await warn.ended).toBe(0);
    expect(warn.said()).not.toContain('msg=trade');
  });

  it.each([
    ['historical-trades', 2 * 30 * 24 * 60],
    ['candles', 2 * 30 * 24 * 60],
    ['technical-indicators', 2 * (30 * 24 * 60 - 14)],
  ])('backfill does all the work of %s, tells how far it is, and ends', async (stage, results) => {
    const backfill = start('backfill', [stage]);

    expect(await backfill.ended).toBe(0);
    expect(backfill.said().match(/msg=progress/g)).toHaveLength(10);
    expect(backfill.said()).toMatch(new RegExp(`msg=done stage=${stage} results=${String(results)} took=`));
  });

  it('backfill is not done when it is stopped', async () => {
    const backfill = start('backfill', ['candles'], { LAST_DAYS: '10000000' });
    await saysSoon(backfill, 'msg=started');
    backfill.child.kill('SIGTERM');

    expect(await backfill.ended).toBe(143);
  });

  it.each([
    ['trades', [], { PRODUCT_IDS: 'BTC/USD' }, /^PRODUCT_IDS is "BTC\/USD"; it must be a JSON list/],
    ['trades', [], { LOG_LEVEL: 'loud' }, /^LOG_LEVEL is "loud"; allowed: error, warn, info, debug, trace/],
    ['backfill', ['candles'], { LAST_DAYS: '0' }, /^LAST_DAYS is "0"; it must be a whole number from 1/],
    ['backfill', ['candle'], {}, /^usage: backfill historical-trades\|candles\|technical-indicators/],
  ])('%s %j refuses %j', async (app, args, more, says) => {
    const refused = start(app, args, more);

    expect(await refused.ended).toBe(2);
    expect(refused.said()).toMatch(says);
  });

  it('prediction-api answers with one prediction per pair, and ends when asked to', async () => {
    const port = String(await getPort({ host: '127.0.0.1' }));
    const api = start('prediction-api', [], { RUST_LOG: 'debug', PORT: port });
    await saysSoon(api, 'msg=listening');
    const get = async (path: string): Promise<Response> => fetch(`http://127.0.0.1:${port}${path}`);

    expect(await (await get('/health')).json()).toEqual({ status: 'ok' });
    const { predictions } = (await (await get('/predictions')).json()) as {
      predictions: { pair: string; predictedPrice: number }[];
    };
    expect(predictions.map(({ pair }) => pair)).toEqual(['BTC/USD', 'ETH/USD', 'SOL/USD']);
    for (const { predictedPrice } of predictions) expect(predictedPrice).toBeGreaterThan(0);
    expect((await get('/nothing')).status).toBe(404);
    api.child.kill('SIGTERM');
    expect(await api.ended).toBe(0);
  });
});
