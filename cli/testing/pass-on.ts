import { createConnection, createServer, type ListenOptions, type NetConnectOpts } from 'node:net';

/** Passes every connection on to another socket, until `close` ends them all. */
export async function passOn(
  from: ListenOptions,
  to: NetConnectOpts,
): Promise<{ close: () => Promise<void> }> {
  const open = new Set<{ destroy: () => void }>();
  const server = createServer((client) => {
    const other = createConnection(to);
    for (const socket of [client, other]) {
      open.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => [client, other].forEach((each) => each.destroy()));
    }
    client.pipe(other).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(from, resolve));
  return {
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}
