import { PlatformError } from '../../errors/platform-error.ts';
import type { Clock } from '../../ports/clock.ts';

/** In milliseconds. */
const readyAgainMs = 180_000;
const pollMs = 500;

/**
 * Waits until the API server says that it is ready and every node is Ready.
 *
 * @param since In milliseconds since 1970: what a node said before does not count.
 * @throws {PlatformError} ENGINE_FAILED naming what is not, after 3 minutes.
 */
export async function waitForNodes(
  clock: Clock,
  kubectl: (args: readonly string[]) => Promise<string>,
  since: number,
  say: (detail: string) => void,
): Promise<void> {
  const deadline = clock.elapsed() + readyAgainMs;
  let waitingFor = 'the API server';
  for (;;) {
    try {
      await kubectl(['get', '--raw=/readyz', '--request-timeout=5s']);
      const printed = await kubectl(['get', 'nodes', '--output=json', '--request-timeout=5s']);
      const unready = unreadyNodes(printed, since);
      if (unready.length === 0) return;
      waitingFor = `the node ${unready.join(', ')}`;
    } catch (error) {
      if (!(error instanceof PlatformError)) throw error;
      waitingFor = 'the API server';
    }
    if (clock.elapsed() >= deadline) {
      throw new PlatformError(
        'ENGINE_FAILED',
        `${waitingFor} was not ready within ${String(readyAgainMs / 1000)} s`,
        'docker ps --filter label=io.x-k8s.kind.cluster, and docker logs <node>',
      );
    }
    say(`waiting for ${waitingFor}`);
    await clock.sleep(pollMs);
  }
}

interface NodeList {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly status: {
      readonly conditions: readonly {
        readonly type: string;
        readonly status: string;
        readonly lastHeartbeatTime: string;
      }[];
    };
  }[];
}

function unreadyNodes(printed: string, since: number): string[] {
  return (JSON.parse(printed) as NodeList).items
    .filter(
      ({ status }) =>
        !status.conditions.some(
          ({ type, status: is, lastHeartbeatTime }) =>
            type === 'Ready' && is === 'True' && Date.parse(lastHeartbeatTime) + 1_000 > since,
        ),
    )
    .map(({ metadata }) => metadata.name);
}
