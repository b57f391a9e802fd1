import { join } from 'node:path';
import { systemDownloads } from '../ports/downloads/downloads.ts';
import { locationsFrom } from '../ports/locations.ts';
import { runWithExeca, type Run } from '../ports/run.ts';
import { toolLocator } from '../toolchain/locate-tool.ts';

/** What the toolchain asks for, from this process: the folder of package.json, and PLATFORM_TOOLS_DIR, PATH, the cache. */
export const toolDeps = {
  home: join(import.meta.dirname, '../..'),
  locations: locationsFrom(process.env),
  downloads: systemDownloads(process.env),
};

/** Runs the real outside programs, as the CLI finds them. */
export function realRun(): Run {
  return runWithExeca(toolLocator(toolDeps));
}
