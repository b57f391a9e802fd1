import { expect, it } from 'vitest';
import { PlatformError } from '../../errors/platform-error.ts';
import { steppingClock } from '../../ports/clock.fake.ts';
import { waitForNodes } from './nodes-ready.ts';

const reboot = Date.parse('2026-01-01T12:00:00Z');

function nodes(heartbeats: Readonly<Record<string, string>>, status = 'True'): string {
  const items = Object.entries(heartbeats).map(([name, lastHeartbeatTime]) => ({
    metadata: { name },
    status: { conditions: [{ type: 'Ready', status, lastHeartbeatTime }] },
  }));
  return JSON.stringify({ items });
}

/** @param answers Of `get nodes`, in turns; the last for ever. undefined: the API server does not answer. */
function kubectl(...answers: (string | undefined)[]): (args: readonly string[]) => Promise<string> {
  let asked = 0;
  return async (args) => {
    const answer = answers[Math.min(asked, answers.length - 1)];
    if (args[1] === 'nodes' || answer === undefined) asked += 1;
    if (answer === undefined) throw new PlatformError('TOOL_FAILED', 'connection refused', '');
    return args[1] === 'nodes' ? answer : 'ok';
  };
}

it('does not believe what a node said before it was started again', async () => {
  const clock = steppingClock();
  const said: string[] = [];
  const before = nodes({ one: '2026-01-01T11:59:50Z', two: '2026-01-01T12:00:05Z' });
  const after = nodes({ one: '2026-01-01T12:00:20Z', two: '2026-01-01T12:00:05Z' });

  await waitForNodes(clock, kubectl(undefined, before, after), reboot, (line) => said.push(line));

  expect(said).toEqual(['waiting for the API server', 'waiting for the node one']);
});

it('takes a node that was never started again at its word, however long ago', async () => {
  const clock = steppingClock();

  await waitForNodes(clock, kubectl(nodes({ one: '2020-01-01T00:00:00Z' })), 0, () => undefined);

  expect(clock.elapsed()).toBe(0);
});

it('names the node that does not become ready within three minutes', async () => {
  const never = kubectl(nodes({ one: '2026-01-01T12:00:20Z' }, 'False'));

  await expect(waitForNodes(steppingClock(), never, reboot, () => undefined)).rejects.toMatchObject({
    code: 'ENGINE_FAILED',
    message: 'the node one was not ready within 180 s',
  });
});
