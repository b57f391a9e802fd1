import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { readSimpleContext } from './simple-kube-config.ts';

const ca = Buffer.from('-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n').toString('base64');

function kubeconfig(cluster: object = {}, user: object = {}): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'c',
        cluster: { server: 'https://127.0.0.1:1234', 'certificate-authority-data': ca, ...cluster },
      },
    ],
    users: [{ name: 'u', user: { token: 'secret', ...user } }],
    contexts: [{ name: 'acme-dev', context: { cluster: 'c', user: 'u', namespace: 'ml' } }],
    'current-context': 'acme-dev',
  });
}

it('reads server, authority and token of the context that is asked for, or of the current one', () => {
  for (const context of ['acme-dev', undefined]) {
    const found = readSimpleContext(kubeconfig(), context);
    expect(found?.server.href).toBe('https://127.0.0.1:1234/');
    expect(found?.token).toBe('secret');
    expect(found?.agent.options.ca).toContain('BEGIN CERTIFICATE');
  }
});

describe('leaves to the library', () => {
  const others: Record<string, string> = {
    'a proxy': kubeconfig({ 'proxy-url': 'http://127.0.0.1:1' }),
    'a server that is not verified': kubeconfig({ 'insecure-skip-tls-verify': true }),
    'another name in the certificate': kubeconfig({ 'tls-server-name': 'kubernetes' }),
    'a server without TLS': kubeconfig({ server: 'http://127.0.0.1:1234' }),
    'an authority that is none': kubeconfig({ 'certificate-authority-data': 'AAAA' }),
    'a client certificate': kubeconfig({}, { 'client-certificate-data': ca }),
    'a program that gives credentials': kubeconfig({}, { exec: { command: 'aws' } }),
    'somebody to act as': kubeconfig({}, { as: 'somebody' }),
    'a token that is no text': kubeconfig({}, { token: 17 }),
    'two clusters of one name': kubeconfig().replace('users:', '  - name: c\n    cluster: {}\nusers:'),
    'no YAML': 'a: b: c',
    'an empty file': '',
  };
  for (const [title, text] of Object.entries(others)) {
    it(title, () => expect(readSimpleContext(text)).toBeUndefined());
  }

  it('a context that is not there', () => expect(readSimpleContext(kubeconfig(), 'prod')).toBeUndefined());
});
