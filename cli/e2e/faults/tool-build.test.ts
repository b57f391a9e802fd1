import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it, onTestFinished, vi } from 'vitest';
import { bundledScript } from '../../testing/bundled-script.ts';
import { processesOf } from '../../testing/e2e-processes.ts';
import { faults, wholeMatrix, type Fault } from '../../testing/fault-matrix.ts';
import { halfWritten } from '../../testing/fault-traces.ts';
import { writeTree } from '../../testing/temporary-tree.ts';
import { toolMachine } from '../../testing/tool-machine.ts';

// `tools build` of a program that compiles in a second, in a process of its own. What it says of itself are its phases.
const source = (run: number): string =>
  `package main\n\nimport "fmt"\n\nvar run = ${String(run)}\n\nfunc main() { fmt.Println("built", run) }\n`;
const script = `import { ensurePrograms } from '../toolchain/ensure-programs.ts';
import { listenToInterrupts } from '../ports/interrupt.ts';
import { locationsFrom } from '../ports/locations.ts';
import { localProgram } from './tool-machine.ts';
const say = (line: string) => console.error(line);
listenToInterrupts({ stopping: say, stopped: say });
const deps = { home: process.env['HOME'] ?? '', locations: locationsFrom(process.env) };
say('looking');
const { one } = await ensurePrograms(deps, ['one'], say, { programs: [localProgram('one')] });
console.log(one);
`;

interface Building {
  readonly child: ChildProcess;
  readonly said: () => string;
  readonly ended: Promise<{ code: number | null; stdout: string }>;
}

function start(file: string, env: NodeJS.ProcessEnv): Building {
  const child = spawn(process.execPath, [file], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, said] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<{ code: number | null; stdout: string }>((resolve) =>
    child.on('close', (code) => resolve({ code, stdout })),
  );
  return { child, said: () => said, ended };
}

it('a build that is stopped in any phase is finished by the next one, and leaves nothing behind', async () => {
  const machine = await toolMachine({});
  onTestFinished(async () => rm(machine.directory, { recursive: true, force: true }));
  const file = await bundledScript(script);
  const cache = join(machine.directory, 'cache');
  const go = JSON.parse(
    execFileSync('go', ['env', '-json', 'GOCACHE', 'GOMODCACHE'], { encoding: 'utf8' }),
  ) as NodeJS.ProcessEnv;
  const env = { ...go, HOME: machine.directory, XDG_CACHE_HOME: cache, PATH: process.env['PATH'] };

  let run = 0;
  /** Go's cache has no program of this source yet, so that there is something to compile. */
  const newSource = async (): Promise<void> => {
    run += 1;
    await writeTree(machine.directory, { 'cli/toolchain/go/cmd/one/main.go': source(run) });
  };
  await newSource();
  expect((await start(file, env).ended).code).toBe(0); // Go's cache has the standard library from now on
  await rm(cache, { recursive: true });
  await newSource();

  const undisturbed = start(file, env);
  const { code, stdout: path } = await undisturbed.ended;
  expect(code, undisturbed.said()).toBe(0);
  const phases = undisturbed.said().trim().split('\n');
  const files = readdirSync(cache, { recursive: true, encoding: 'utf8' }).sort();
  expect(phases.length).toBeGreaterThan(2);

  /** Stops a build so many milliseconds after a phase began; true when it was not over before. */
  const stopAt = async (phase: string, afterMs: number, fault: Fault): Promise<boolean> => {
    await rm(cache, { recursive: true });
    await newSource();
    const { child, said, ended } = start(file, env);
    await vi.waitFor(() => expect(said()).toContain(phase), { timeout: 30_000, interval: 5 });
    await pause(afterMs);
    for (const signal of fault.signals) child.kill(signal);
    const { code: stopped } = await ended;
    const where = `${phase} + ${String(afterMs)} ms, ${fault.name}: ${said()}`;
    // Before it listens, the signal itself ends it.
    expect([fault.exitCode, null, 0], where).toContain(stopped);

    const next = start(file, env);
    const { code: finished, stdout } = await next.ended;
    expect(finished, `${where}\nthe next one: ${next.said()}`).toBe(0);
    expect(stdout, where).toBe(path);
    expect(execFileSync(stdout.trim(), { encoding: 'utf8' })).toBe(`built ${String(run)}\n`);
    await vi.waitFor(() => expect(processesOf(machine.directory), where).toEqual([]), { timeout: 15_000 });
    expect(readdirSync(cache, { recursive: true, encoding: 'utf8' }).sort(), where).toEqual(files);
    expect(halfWritten(cache), where).toEqual([]);
    return stopped !== 0;
  };

  let [count, over] = [0, 0];
  const moments = [0, 150];
  for (const [index, phase] of phases.entries()) {
    const here = wholeMatrix ? faults : [faults[index % faults.length]].filter((one) => one !== undefined);
    for (const fault of here) {
      for (const afterMs of wholeMatrix ? moments : moments.slice(index % 2, (index % 2) + 1)) {
        count += 1;
        if (!(await stopAt(phase, afterMs, fault))) over += 1;
      }
    }
  }
  console.log(
    `tool build: ${String(count)} times in ${String(phases.length)} phases, of which ${String(over)} were over before`,
  );
});
