import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { builtProgram, type BuiltProgram, type Ended } from '../../testing/built-program.ts';
import { faults, wholeMatrix } from '../../testing/fault-matrix.ts';
import { digests, halfWritten } from '../../testing/fault-traces.ts';
import { temporaryTree } from '../../testing/temporary-tree.ts';

// `render` is stopped before each of its changes to the rendered tree: writing a file at its side,
// renaming it, removing one. The program is the built one; a module that is loaded before it counts those calls and sends it
// the signal.
let program: BuiltProgram;
let points: number;
let before: Record<string, string>;
let after: Record<string, string>;

const rendered = ['apps', 'clusters'];
const values = 'clusters/dev/values.yaml';
const hook = `import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
const { FAULT_AT, FAULT_SIGNALS } = process.env;
let point = 0;
const changes = /[/](apps|clusters)[/].*(\\.tmp|[/]overlays[/].*yaml|[/]flux[/].*yaml)$/;
for (const [owner, name] of [[fs, 'writeFileSync'], [fs, 'renameSync'], [fs.promises, 'rm']]) {
  const real = owner[name];
  owner[name] = (path, ...rest) => {
    const counts = name === 'writeFileSync' ? String(path).endsWith('.tmp') : true;
    if (counts && changes.test(String(path)) && point++ === Number(FAULT_AT))
      for (const signal of FAULT_SIGNALS.split(' ')) process.kill(process.pid, signal);
    return real(path, ...rest);
  };
}
syncBuiltinESMExports();
process.on('exit', () => fs.writeSync(2, 'points: ' + point + '\\n'));
`;

async function renderStoppedAt(
  point: number,
  signals: readonly NodeJS.Signals[],
  hookFile: string,
): Promise<Ended> {
  return program.run(['render', 'dev'], {
    env: {
      NODE_OPTIONS: `--import=${hookFile}`,
      FAULT_AT: String(point),
      FAULT_SIGNALS: signals.join(' '),
    },
  });
}

async function asBefore(): Promise<void> {
  await program.git('checkout', '--quiet', '--', '.');
  await program.git('clean', '--quiet', '--force', '-x', '-d', '--', ...rendered);
  const text = await readFile(join(program.root, values), 'utf8');
  const changed = text.replaceAll('replicas: 1', 'replicas: 3').replace('enabled: true', 'enabled: false');
  await writeFile(join(program.root, values), changed.replaceAll('logLevel: debug', 'logLevel: info'));
}

const tree = (): Record<string, string> => digests(program.root, rendered);

beforeAll(async () => {
  program = await builtProgram();
  await asBefore();
  before = tree();
  const { code, stderr } = await program.run(['render', 'dev']);
  expect(code, stderr).toBe(0);
  after = tree();
  expect(after).not.toEqual(before);
});
afterAll(async () => program.dispose());

it('a render that is stopped leaves each file old or new, and the next one gives what an undisturbed one gives', async () => {
  const hookFile = join(await temporaryTree({ 'hook.mjs': hook }), 'hook.mjs');
  await asBefore();
  const { stderr } = await renderStoppedAt(-1, [], hookFile);
  points = Number(/points: (\d+)/.exec(stderr)?.[1]);
  expect(points).toBeGreaterThan(3);

  let count = 0;
  for (let point = 0; point < points; point += 1) {
    // A share stops the render at eight points at most, by SIGKILL at every other one.
    const step = wholeMatrix ? 1 : Math.ceil(points / 8);
    if (point % step !== 0) continue;
    const turn = point / step;
    const here = wholeMatrix ? faults : faults.slice(turn % 2 === 0 ? 0 : turn % faults.length).slice(0, 1);
    for (const fault of here) {
      await asBefore();
      const { code, stderr: story } = await renderStoppedAt(point, fault.signals, hookFile);
      const where = `point ${String(point)} of ${String(points)}, ${fault.name}:\n${story}`;
      count += 1;

      // Signals are looked at between the files: a small tree may be complete by then.
      expect([fault.exitCode, ...(fault.exitCode === null ? [] : [0])], where).toContain(code);
      const stopped = tree();
      const torn = Object.keys(after).filter(
        (path) => stopped[path] !== before[path] && stopped[path] !== after[path],
      );
      expect(torn, where).toEqual([]);

      expect((await program.run(['render', 'dev'])).code, where).toBe(0);
      expect(tree(), where).toEqual(after);
      expect(
        rendered.flatMap((folder) => halfWritten(join(program.root, folder))),
        where,
      ).toEqual([]);
    }
  }
  console.log(`render: stopped ${String(count)} times at ${String(points)} points`);
});
