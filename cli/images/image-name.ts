/**
 * Takes the name of an image apart as Docker does: what has a dot or a port, or is localhost, is a host; all else lies on
 * Docker Hub.
 *
 * @param name With or without a tag.
 */
export function parseName(name: string): { readonly host: string; readonly path: string } {
  const [first = '', ...rest] = name.split('/');
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const [host, parts] = isHost ? [first, rest] : ['docker.io', [first, ...rest]];
  const path = parts.join('/');
  return { host, path: host === 'docker.io' && parts.length === 1 ? `library/${path}` : path };
}

/** As the nodes of a cluster name it: `docker.io/library/redis:7`. */
export function fullName(name: string): string {
  const { host, path } = parseName(name);
  return `${host}/${path}`;
}

/** As Docker lists it: `redis:7`. */
export function shortName(name: string): string {
  return fullName(name).replace(/^docker\.io\/(library\/)?/, '');
}
