/** Variables that tell a program how to reach the outside: proxies, and whom to trust behind them. */
const outbound = [
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'ALL_PROXY',
  'http_proxy',
  'https_proxy',
  'all_proxy',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
];

/**
 * What of this process's environment a program needs that fetches from outside. The loopback interface is taken out of
 * every proxy's reach.
 */
export function outboundEnvironment(): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of outbound) {
    const value = process.env[name];
    if (value !== undefined && value !== '') found[name] = value;
  }
  const exceptions = [process.env['NO_PROXY'] ?? process.env['no_proxy'], '127.0.0.1', 'localhost'];
  const noProxy = exceptions.filter((part) => part !== undefined && part !== '').join(',');
  return { ...found, NO_PROXY: noProxy, no_proxy: noProxy };
}
