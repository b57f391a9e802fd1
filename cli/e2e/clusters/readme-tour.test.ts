import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../../testing/repository-root.ts';
import { newMachine, type Machine } from '../../testing/e2e-machine.ts';

// The README word by word: what a newcomer pastes has to work as it stands there.
const readme = readFileSync(join(repositoryRoot, 'README.md'), 'utf8');

interface Line {
  readonly command: string;
  readonly exitCode: number;
}

/** The lines of every block that follows the mark `tour`; `# exits 1` behind a line says with which code it ends. */
const tour: Line[] = [...readme.matchAll(/<!-- tour -->\n```sh\n([\s\S]*?)```/g)].flatMap(([, block = '']) =>
  block
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ({
      command: line.replace(/\s+# .*$/, ''),
      exitCode: Number(/# exits (\d+)/.exec(line)?.[1] ?? 0),
    })),
);
const ways = [...readme.matchAll(/<!-- ways -->\s+`([^`]+)`/g)].map(([, command = '']) => command);

let machine: Machine;
beforeAll(async () => {
  machine = await newMachine('npm ci');
});
afterAll(async () => {
  expect(await machine.dispose()).toEqual([]);
});

async function paste(command: string): Promise<{ exitCode: number; output: string }> {
  try {
    const { stdout, stderr } = await promisify(execFile)('sh', ['-c', command], {
      cwd: machine.clone,
      env: machine.env,
      maxBuffer: 64 * 1024 * 1024,
    });
    return { exitCode: 0, output: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { exitCode: code, output: stdout + stderr };
  }
}

describe('the README', () => {
  it('has a tour and three ways to deploy', () => {
    expect(tour.length).toBeGreaterThan(12);
    expect(ways).toHaveLength(3);
  });

  it.each(tour)('tour: $command', async ({ command, exitCode }) => {
    const ran = await paste(command);
    expect(ran, ran.output).toMatchObject({ exitCode });
    // The cluster is up when the tour begins to change it; the ways to deploy need one.
    if (command.startsWith('./platform deploy')) {
      for (const way of ways) {
        const deployed = await paste(way);
        expect(deployed, `${way}\n${deployed.output}`).toMatchObject({ exitCode: 0 });
      }
    }
  });

  it('leaves nothing of the cluster behind', async () => {
    const { output } = await paste('kubectl config get-contexts --output name');
    expect(output.trim()).toBe('');
  });
});
