import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePrograms } from '../toolchain/ensure-programs.ts';
import type { Program } from '../toolchain/programs.ts';
import { toolDeps } from './real-tools.ts';

const goModule = join(import.meta.dirname, 'go');

/**
 * A small program of cli/testing/go, kept in the same cache as the other programs.
 *
 * @param name Its folder there.
 * @returns Its absolute path.
 */
export async function goProgram(name: string): Promise<string> {
  const source = readFileSync(join(goModule, name, 'main.go'));
  const program: Program = {
    name,
    version: createHash('sha256').update(source).digest('hex').slice(0, 12),
    module: 'platform.local/testing',
    package: `platform.local/testing/${name}`,
    engines: [],
    use: 'a test',
    sizeMb: 7,
    buildSeconds: 10,
  };
  const paths = await ensurePrograms({ ...toolDeps, goModule }, [name], () => undefined, {
    programs: [program],
    check: 'unless-unchanged',
  });
  return paths[name] ?? '';
}
