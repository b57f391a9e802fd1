import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Machine } from '../testing/e2e-machine.ts';

const config = 'apps/trades/overlays/dev/config.yaml';

/** Commits another value of one setting of trades. @returns The full hash. */
export function commitChange(machine: Machine): string {
  const path = join(machine.clone, config);
  const text = readFileSync(path, 'utf8');
  const count = Number(/KAFKA_TOPIC: "trades-(\d+)"/.exec(text)?.[1] ?? 0) + 1;
  writeFileSync(path, text.replace(/KAFKA_TOPIC: .*/, `KAFKA_TOPIC: "trades-${count}"`));
  machine.git('commit', '--quiet', '--message', `Change ${count}`, '--', config);
  return machine.git('rev-parse', 'HEAD').trim();
}
