import { describe, expect, it } from 'vitest';
import type { Run } from '../ports/run.ts';
import { loadImages } from './load-images.ts';

const image = 'platform.local/trades:0.0.0-demo.1';
const quiet = (): void => undefined;

const ids: Readonly<Record<string, string>> = { [image]: 'sha256:aaa', 'x.io/other:1': 'sha256:bbb' };

/** A Docker with some images, and a kind cluster of two nodes. @param nodes What each of them has. */
function machine(
  docker: readonly string[],
  nodes: readonly (readonly string[])[],
): { run: Run; calls: string[] } {
  const calls: string[] = [];
  const rows = (names: readonly string[], of: (name: string) => string): string => names.map(of).join('\n');
  const run: Run = async ({ tool, args }) => {
    calls.push([tool, ...args].join(' '));
    const answer = (): string => {
      if (args[0] === 'images') return rows(docker, (name) => `${name}\t${ids[name] ?? ''}`);
      if (args[0] === 'ps')
        return nodes.map((_, index) => `node${index}\tid${index}\trunning\tworker`).join('\n');
      const there = nodes[Number(args[1]?.slice(-1))] ?? [];
      if (args[0] === 'exec') return rows(there, (name) => `${name} type ${ids[name] ?? ''} 1 MiB`);
      return '1';
    };
    return { stdout: answer(), stderr: '', exitCode: 0 };
  };
  return { run, calls };
}

describe('loading images into kind', () => {
  it('copies what any node lacks, and nothing twice', async () => {
    const half = machine([image, 'x.io/other:1'], [[image, 'x.io/other:1'], ['x.io/other:1']]);
    expect(await loadImages(half, 'acme-dev', [image, 'x.io/other:1'], quiet)).toEqual([image]);
    expect(half.calls.at(-1)).toBe(`kind load docker-image --name=acme-dev ${image}`);

    const whole = machine([image], [[image], [image]]);
    expect(await loadImages(whole, 'acme-dev', [image], quiet)).toEqual([]);
    expect(whole.calls.filter((call) => call.startsWith('kind'))).toEqual([]);
  });

  it('says what Docker lacks, and how to get it', async () => {
    await expect(loadImages(machine([], []), 'acme-dev', [image], quiet)).rejects.toMatchObject({
      code: 'IMAGE_MISSING',
      message: `Docker has no image ${image}`,
      hint: `platform image build trades, or: docker pull ${image}`,
    });
  });
});
