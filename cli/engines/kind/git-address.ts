import { hasAddress } from '../../ports/loopback.ts';
import type { Docker, NodeNetwork } from './docker.ts';
import type { GitAddress } from './kind-record.ts';

/** The name under which Docker Desktop's machine, and so its containers, reach the host's loopback interface. */
const desktopHost = 'host.docker.internal';

/**
 * Where the git server may listen so that the nodes can reach it, the likeliest first: on Linux the node network's gateway
 * is an address of this machine; Docker Desktop passes connections to the host's loopback. Nothing wider is offered.
 */
export function gitAddresses(networks: readonly NodeNetwork[]): Omit<GitAddress, 'port'>[] {
  const gateways = networks
    .map(({ gateway }) => gateway)
    .filter((gateway) => gateway !== '' && hasAddress(gateway));
  return [
    ...gateways.map((gateway) => ({ listen: gateway, host: gateway })),
    { listen: '127.0.0.1', host: desktopHost },
  ];
}

/**
 * Whether the git server answers a node, asked from inside: without the password it must say 401. Bash speaks TCP by
 * itself, so nothing has to be installed in the node.
 */
export async function answersNode(
  docker: Docker,
  node: string,
  { host, port }: GitAddress,
): Promise<boolean> {
  const request = `exec 3<>/dev/tcp/${host}/${String(port)} && printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3 && head -n 1 <&3`;
  const { exitCode, stdout } = await docker.shell(node, request);
  return exitCode === 0 && stdout.includes(' 401 ');
}

/** Why no address works, most likely, and the rule that lets the nodes in. */
export function firewallHint(networks: readonly NodeNetwork[], port: number): string {
  const bridge = `br-${(networks[0]?.id ?? '').slice(0, 12)}`;
  return (
    `A firewall drops what comes from the nodes. Let them in: sudo iptables -I INPUT -i ${bridge} -p tcp --dport ${String(port)} -j ACCEPT ` +
    `(with ufw: sudo ufw allow in on ${bridge} to any port ${String(port)} proto tcp), then run the same command again`
  );
}
