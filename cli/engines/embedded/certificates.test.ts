import { X509Certificate, createPrivateKey } from 'node:crypto';
import { once } from 'node:events';
import { type TLSSocket, connect, createServer } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { createAuthority } from './certificates.ts';

const now = Date.UTC(2030, 0, 1);

it('issues certificates that the authority signed, for the names and uses asked for', () => {
  const authority = createAuthority('platform', now);
  const { certificate, key } = authority.issue('kube-apiserver', {
    server: true,
    client: false,
    dnsNames: ['localhost'],
    ipAddresses: ['127.0.0.1'],
  });
  const [ca, served] = [new X509Certificate(authority.certificate), new X509Certificate(certificate)];

  expect(ca.ca).toBe(true);
  expect(ca.verify(ca.publicKey)).toBe(true);
  expect(served.ca).toBe(false);
  expect(served.checkIssued(ca)).toBe(true);
  expect(served.verify(ca.publicKey)).toBe(true);
  expect(served.checkIP('127.0.0.1')).toBe('127.0.0.1');
  expect(served.checkHost('localhost')).toBe('localhost');
  expect(served.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  expect(served.checkPrivateKey(createPrivateKey(key))).toBe(true);
  expect(served.validFrom).toBe('Dec 31 23:00:00 2029 GMT');
  expect(served.validTo).toBe('Dec 30 00:00:00 2039 GMT');
});

it('gives a client certificate that a TLS server accepts, and no other', async () => {
  const authority = createAuthority('platform', Date.now());
  const other = createAuthority('platform', Date.now());
  const use = { dnsNames: [], ipAddresses: ['127.0.0.1'] };
  const server = authority.issue('etcd', { ...use, server: true, client: false });
  const tls = createServer({
    cert: server.certificate,
    key: server.key,
    ca: authority.certificate,
    requestCert: true,
    rejectUnauthorized: true,
  });
  tls.on('secureConnection', (socket: TLSSocket) => socket.end('welcome'));
  tls.listen(0, '127.0.0.1');
  await once(tls, 'listening');
  const visit = async (client: { certificate: string; key: string }): Promise<string> =>
    new Promise((resolve, reject) => {
      let text = '';
      connect({
        host: '127.0.0.1',
        port: (tls.address() as AddressInfo).port,
        ca: authority.certificate,
        cert: client.certificate,
        key: client.key,
      })
        .on('data', (chunk) => (text += String(chunk)))
        .on('error', reject)
        .on('close', () => resolve(text));
    });
  const asClient = { server: false, client: true, dnsNames: [], ipAddresses: [] };

  try {
    expect(await visit(authority.issue('kube-apiserver', asClient))).toBe('welcome');
    const refused = once(tls, 'tlsClientError');
    await expect(visit(other.issue('kube-apiserver', asClient)).catch(() => '')).resolves.toBe('');
    expect(String(await refused)).toMatch(/verify/);
  } finally {
    tls.close();
  }
});
