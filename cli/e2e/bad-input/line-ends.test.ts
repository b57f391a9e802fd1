import { readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { builtProgram, type BuiltProgram } from '../../testing/built-program.ts';
import { atSite } from '../../testing/refusal.ts';

let program: BuiltProgram;
beforeAll(async () => (program = await builtProgram()), 60_000);
afterAll(async () => program.dispose());

/** Rewrites every file at and below these paths that a person may edit, or that rendering gave. */
function rewrite(root: string, paths: readonly string[], change: (text: string) => string): void {
  for (const path of paths) {
    const files = /\.\w+$/.test(path)
      ? [path]
      : readdirSync(join(root, path), { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
    for (const file of files) writeFileSync(join(root, file), change(readFileSync(join(root, file), 'utf8')));
  }
}

const byHand = ['platform.yaml', 'clusters/dev/values.yaml', 'templates', 'apps/backfill/base'];
const crlf = (text: string): string => text.replaceAll('\n', '\r\n');

describe.concurrent('renders the same bytes', () => {
  const cases: [title: string, paths: readonly string[], change: (text: string) => string][] = [
    ['where lines end with CRLF', byHand, crlf],
    ['where files begin with a byte order mark', byHand, (text) => `\ufeff${text}`],
    ['where a checkout wrote the rendered files with CRLF', ['apps', 'clusters'], crlf],
  ];
  for (const [title, paths, change] of cases) {
    it(title, async ({ expect }) =>
      atSite(program, async (site) => {
        rewrite(site.root, paths, change);

        const { code, stdout } = await site.run(['render', 'dev', '--check']);

        expect(stdout).toContain('0 would be written, 0 would be deleted');
        expect(code).toBe(0);
      }),
    );
  }
});

describe.concurrent('a place to start from', () => {
  it('may be any folder of the repository', async ({ expect }) =>
    atSite(program, async (site) => {
      const { code } = await site.run(['-C', 'clusters/dev', 'render', 'dev', '--check']);

      expect(code).toBe(0);
    }));

  it('that was removed meanwhile is named', async ({ expect }) =>
    atSite(program, async (site) => {
      const gone = join(site.root, 'gone');
      await mkdir(gone);

      const started = site.run(['render', 'dev'], { cwd: gone, env: { PWD: gone } });
      rmdirSync(gone); // before the program has read a line of itself
      const { code, stderr } = await started;

      expect(stderr).toContain(`${gone} is no folder`);
      expect(stderr).not.toMatch(/\n {4}at /);
      expect(code).toBe(2);
    }));
});
