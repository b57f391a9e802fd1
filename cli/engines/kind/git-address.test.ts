import { expect, it } from 'vitest';
import type { Docker } from './docker.ts';
import { answersNode, firewallHint, gitAddresses } from './git-address.ts';

const address = { listen: '172.18.0.1', host: '172.18.0.1', port: 21_000 };

function docker(exitCode: number, stdout: string): Docker {
  return { shell: async () => ({ exitCode, stdout }) } as unknown as Docker;
}

it('offers gateways that are addresses of this machine, then the loopback of Docker Desktop, and nothing wider', () => {
  const [loopback, elsewhere] = [
    { gateway: '127.0.0.1', id: 'a' },
    { gateway: '203.0.113.1', id: 'b' },
  ];

  expect(gitAddresses([loopback, elsewhere, { gateway: '', id: 'c' }])).toEqual([
    { listen: '127.0.0.1', host: '127.0.0.1' },
    { listen: '127.0.0.1', host: 'host.docker.internal' },
  ]);
});

it('believes an address only when the git server itself asks for a password there', async () => {
  expect(await answersNode(docker(0, 'HTTP/1.1 401 Unauthorized\r\n'), 'node', address)).toBe(true);
  expect(await answersNode(docker(0, 'HTTP/1.1 404 Not Found\r\n'), 'node', address)).toBe(false); // a gateway of a firm
  expect(await answersNode(docker(124, ''), 'node', address)).toBe(false); // a firewall drops it
});

it('names the bridge and the port in the rule that lets nodes in', () => {
  expect(firewallHint([{ gateway: '172.18.0.1', id: '137fb287503f4e5d6c7b' }], 21_000)).toContain(
    'sudo iptables -I INPUT -i br-137fb287503f -p tcp --dport 21000 -j ACCEPT',
  );
});
