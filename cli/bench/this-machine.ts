import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import type { Report } from './report.ts';

/** What the numbers were measured on; nothing that names the machine. */
export function thisMachine(): Report['machine'] {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'an unknown processor',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 1024 ** 3),
    system: `${type()} ${release().split('-')[0] ?? ''}`.trim(),
    node: process.version.slice(1),
  };
}
