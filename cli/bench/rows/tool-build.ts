import { mkdir, readdir, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { linkerFlags } from '../../toolchain/go-output.ts';
import { programs } from '../../toolchain/programs.ts';
import type { Row } from '../row.ts';
import { timed } from '../timed.ts';

const [one, oneFloor] = ['platform build dev, which builds kustomize first', 'go build of kustomize'];
const [all, allFloor] = ['platform tools build', 'go build of all programs'];

/** The first build of one outside program: an empty build cache, and Go's module cache as it is. */
export const toolBuild: Row = toolBuildRow({
  name: 'tool-build',
  title: 'first build of a tool',
  goals: [{ of: one, to: oneFloor, unit: 'ratio', atMost: 1.1 }],
  runs: 3,
  build: ['kustomize'],
  command: ['build', 'dev'],
});

/** The same for all of them: eight minutes for each side on two cores. */
export const toolBuildCold: Row = toolBuildRow({
  name: 'tool-build-cold',
  title: 'first build of all tools',
  goals: [{ of: all, to: allFloor, unit: 'ratio', atMost: 1.1 }],
  runs: 1,
  build: programs.map(({ name }) => name),
  command: ['tools', 'build'],
});

function toolBuildRow({
  build,
  command,
  ...row
}: Omit<Row, 'prepare'> & { readonly build: readonly string[]; readonly command: readonly string[] }): Row {
  const prepare: Row['prepare'] = async (workshop) => {
    const { clone, env: given } = await workshop.machine();
    const tools = dirname(dirname(dirname(await workshop.program('kustomize'))));
    const cache = await workshop.folder('build-cache');
    const env = {
      ...given,
      XDG_CACHE_HOME: cache,
      GOCACHE: join(cache, 'go'),
      PLATFORM_TOOLS_SOURCES: 'build',
    };
    const empty = async (): Promise<void> => {
      await rm(cache, { recursive: true, force: true });
      await mkdir(join(cache, 'platform/tools'), { recursive: true });
      for (const name of await readdir(tools)) {
        const kept = !build.includes(name) && !name.startsWith('.') && !name.startsWith('build');
        if (kept) await symlink(join(tools, name), join(cache, 'platform/tools', name));
      }
    };
    const packages = programs.filter(({ name }) => build.includes(name)).map((program) => program.package);
    const flags = ['-trimpath', '-buildvcs=false', '-ldflags', linkerFlags(), '-o', `${join(cache, 'out')}/`];
    const [floor, subject] = build.length === 1 ? [oneFloor, one] : [allFloor, all];
    return {
      sides: [
        {
          name: floor,
          run: async () => {
            await empty();
            const options = { cwd: join(clone, 'cli/toolchain/go'), env: { ...env, CGO_ENABLED: '0' } };
            return timed('go', ['build', ...flags, ...packages], options);
          },
        },
        {
          name: subject,
          run: async () => {
            await empty();
            return timed(join(clone, 'platform'), command, { cwd: clone, env });
          },
        },
      ],
    };
  };
  return { ...row, prepare };
}
