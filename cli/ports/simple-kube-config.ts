import { Agent } from 'node:https';
import { parse } from 'yaml';

/** What one context of a kubeconfig gives when nothing has to be fetched, run or renewed. */
export interface SimpleContext {
  readonly server: URL;
  readonly agent: Agent;
  readonly token: string;
}

/** The only keys that are understood here: those of the kubeconfig that an embedded cluster has. */
const clusterKeys = ['server', 'certificate-authority-data'];
const userKeys = ['token'];

interface Named {
  readonly name?: unknown;
  readonly [key: string]: unknown;
}

/**
 * Reads a context with an https server, its authority and a token, all in the file. The library that knows all of
 * kubeconfig takes 60 ms and more to load, a third of what a short command takes.
 *
 * @param context The current one of the file by default.
 * @returns undefined for everything else, wrong files included: then that library has to judge.
 */
export function readSimpleContext(text: string, context?: string): SimpleContext | undefined {
  const config = parseMap(text);
  if (!config) return undefined;
  const named = find(config['contexts'], context ?? config['current-context'], 'context');
  const cluster = find(config['clusters'], named?.['cluster'], 'cluster');
  const user = find(config['users'], named?.['user'], 'user');
  if (!hasOnly(cluster, clusterKeys) || !hasOnly(user, userKeys)) return undefined;
  const [server = '', authority = ''] = clusterKeys.map((key) => String(cluster[key]));
  if (!server.startsWith('https://') || !URL.canParse(server)) return undefined;
  const ca = Buffer.from(authority, 'base64').toString();
  if (!ca.startsWith('-----BEGIN CERTIFICATE-----')) return undefined;
  return {
    server: new URL(server),
    // A list of a dozen kinds at once would shake hands a dozen times, for answers that take a millisecond each.
    agent: new Agent({ keepAlive: true, ca, maxSockets: 4 }),
    token: String(user['token']),
  };
}

function parseMap(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const config: unknown = parse(text);
    return isMap(config) ? config : undefined;
  } catch {
    return undefined;
  }
}

/** `{name, cluster: {…}}` of a list; undefined unless there is exactly one of that name. */
function find(list: unknown, name: unknown, key: string): Readonly<Record<string, unknown>> | undefined {
  if (!Array.isArray(list) || typeof name !== 'string') return undefined;
  const found = (list as unknown[]).filter((entry): entry is Named => isMap(entry) && entry['name'] === name);
  const value = found[0]?.[key];
  return found.length === 1 && isMap(value) ? value : undefined;
}

/** Exactly these keys, each with a text. */
function hasOnly(
  map: Readonly<Record<string, unknown>> | undefined,
  keys: readonly string[],
): map is Readonly<Record<string, string>> {
  if (!map || Object.keys(map).length !== keys.length) return false;
  return keys.every((key) => typeof map[key] === 'string' && map[key] !== '');
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
