import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

/** Linux only. Local addresses, in the kernel's hexadecimal, that a process listens on: its sockets, looked up in the kernel's tables. */
export function listeningAddresses(pid: number): string[] {
  const links = readdirSync(`/proc/${pid}/fd`).map((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`);
    } catch {
      return ''; // closed since
    }
  });
  const tables = ['tcp', 'tcp6'].flatMap((name) =>
    readFileSync(`/proc/net/${name}`, 'utf8').trim().split('\n').slice(1),
  );
  return tables.flatMap((line) => {
    const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
    return state === '0A' && links.includes(`socket:[${inode}]`) ? [local.split(':')[0] ?? ''] : [];
  });
}
