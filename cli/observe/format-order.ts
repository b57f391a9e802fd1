import { cut, markOf, type Look } from './look.ts';
import type { OrderStep } from './model-parts.ts';
import type { Model } from './model.ts';
import { shortId } from './why/explain.ts';

/** `platform order` for people: wave by wave; `*` is the way that takes longest. */
export function formatOrder({ items, order }: Model, look: Look): string {
  const stateOf = new Map(items.map(({ id, state }) => [id, state]));
  const appliers = items.filter(({ role }) => role === 'applier').map(({ id }) => id);
  if (appliers.length === 0) return 'Flux has nothing to apply here yet.';
  const width = Math.max(...appliers.map((id) => shortId(id).length));
  const line = (step: OrderStep): string => {
    const name = `${shortId(step.id).padEnd(width)} ${step.critical ? '*' : ' '}`;
    const text = [name, timeOf(step), afterOf(step)].filter((part) => part !== '').join('  ');
    return `  ${markOf(stateOf.get(step.id) ?? 'Unknown', look)} ${cut(text, look, 4)}`;
  };
  const waves = order.waves.flatMap((_, wave) => [
    look.colors.bold(`wave ${wave + 1}`),
    ...order.steps.filter((step) => step.wave === wave).map(line),
  ]);
  return [...waves, ...longest(order, look), ...troubles({ items, order }, look)].join('\n');
}

function timeOf({ seconds, waitedSeconds }: OrderStep): string {
  if (seconds === undefined) return 'no time known'; // never applied, or a HelmRelease: Helm keeps none
  const waited = waitedSeconds === undefined ? '' : `, began ${spanOf(waitedSeconds)} after the commit came`;
  return `took ${spanOf(seconds)}${waited}`;
}

function afterOf({ dependsOn }: OrderStep): string {
  return dependsOn.length === 0 ? '' : `after ${dependsOn.map(shortId).join(', ')}`;
}

function longest({ criticalPath, criticalSeconds }: Model['order'], { unicode }: Look): string[] {
  if (criticalPath.length < 2) return [];
  const way = criticalPath.map(shortId).join(unicode ? ' → ' : ' -> ');
  return ['', `* the longest way, ${spanOf(criticalSeconds)}: ${way}`];
}

/** What keeps objects from ever being applied: circles, and dependencies that are not there. */
function troubles({ items, order }: Pick<Model, 'items' | 'order'>, { colors, unicode }: Look): string[] {
  const arrow = unicode ? ' → ' : ' -> ';
  const circles = order.cycles.map(
    (circle) =>
      `these wait for each other, so none of them is ever applied: ${[...circle, circle[0] ?? ''].map(shortId).join(arrow)}`,
  );
  const placed = new Set([...order.steps.map(({ id }) => id), ...order.cycles.flat()]);
  const behind = items.filter(({ id, role }) => role === 'applier' && !placed.has(id));
  const held = behind.map(({ id }) => `${shortId(id)} waits for one of them, and is in no wave`);
  const missing = order.steps.flatMap(({ id, missing: absent }) =>
    absent.map((other) => `${shortId(id)} waits for ${shortId(other)}, which the cluster does not have`),
  );
  const lines = [...circles, ...held, ...missing];
  return lines.length === 0 ? [] : ['', ...lines.map((text) => colors.red(`${unicode ? '✗' : 'x'} ${text}`))];
}

/** Tenths below ten seconds: most of Flux's runs take less. */
function spanOf(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)}s`;
  const whole = Math.round(seconds);
  return whole < 120 ? `${whole}s` : `${Math.floor(whole / 60)}m ${whole % 60}s`;
}
