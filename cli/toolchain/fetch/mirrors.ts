import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PlatformError } from '../../errors/platform-error.ts';
import type { DownloadSettings, Place as WebPlace } from '../../ports/downloads/downloads.ts';

/** Where one file may be had: over HTTP, or in a folder of this machine. */
export type Place = WebPlace | { readonly path: string };

/** One place after the other, for a file by the address that upstream publishes it at. */
export type Mirrors = (url: string) => Place[];

type Mirror = (url: URL) => Place[];

/** The address that module archives go by in a mirror, whatever GOPROXY says. */
export const goProxy = 'https://proxy.golang.org';

/**
 * Reads PLATFORM_TOOLS_MIRROR, a list with commas like Go's GOPROXY: folders and web servers that hold
 * `<upstream host>/<path>`, registries as `oci://<host>/<prefix>` that hold `<prefix>/<repository>`, and `direct` for upstream
 * itself. Only what it names is asked; without it, upstream is. Module archives come from GOPROXY's list where upstream
 * is asked.
 *
 * @throws {PlatformError} USAGE when it makes no sense.
 */
export function mirrorsFrom(settings: DownloadSettings): Mirrors {
  const words = listOf(settings.PLATFORM_TOOLS_MIRROR ?? 'direct');
  const mirrors = words.map((word) => (word === 'direct' ? direct(settings) : mirror(word)));
  return (url) => mirrors.flatMap((of) => of(new URL(url)));
}

function listOf(text: string): string[] {
  return text
    .split(/[,|]/)
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

function mirror(word: string): Mirror {
  if (word.startsWith('/')) return inFolder(word);
  const known = /^(file|https?|oci):\/\//.test(word) && URL.canParse(word) ? new URL(word) : undefined;
  if (known?.protocol === 'file:') return inFolder(fileURLToPath(known));
  if (known?.protocol === 'oci:') return inRegistry(known);
  if (known !== undefined) return below(known, ({ host, pathname }) => `/${host}${pathname}`);
  throw new PlatformError(
    'USAGE',
    'PLATFORM_TOOLS_MIRROR names something that is no absolute folder, no https:// or oci:// address, and not "direct"',
    'export PLATFORM_TOOLS_MIRROR=<folder or address>, as: platform tools mirror --help',
  );
}

function inFolder(folder: string): Mirror {
  return ({ host, pathname }) => [{ path: join(folder, host, decodeURIComponent(pathname)) }];
}

/** User and password in an address become a header for that origin; the address is shown without them. */
function below(base: URL, pathOf: (url: URL) => string | undefined): Mirror {
  const authorization = basic(base);
  const [clean, prefix] = [new URL(base), base.pathname.replace(/\/$/, '')];
  clean.username = clean.password = clean.search = clean.hash = '';
  return (url) => {
    const path = pathOf(url);
    if (path === undefined) return [];
    return [
      { url: new URL(prefix + path, clean), ...(authorization === undefined ? {} : { authorization }) },
    ];
  };
}

function basic({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

/** Plain HTTP on this machine only, as Docker has it. */
function inRegistry(word: URL): Mirror {
  const local = /^(localhost|127\.0\.0\.1|\[::1\])$/.test(word.hostname);
  const prefix = word.pathname.replace(/\/$/, '');
  const web = new URL(word.href.replace(/^oci:/, local ? 'http:' : 'https:'));
  web.pathname = '/';
  return below(web, ({ pathname }) =>
    pathname.startsWith('/v2/') ? `/v2${prefix}/${pathname.slice('/v2/'.length)}` : undefined,
  );
}

function direct({ GOPROXY }: DownloadSettings): Mirror {
  const proxies = listOf(GOPROXY ?? goProxy).flatMap((word): Mirror[] => {
    if (!/^(file|https?):\/\//.test(word) || !URL.canParse(word)) return []; // `direct` and `off` have no archives
    const base = new URL(word);
    if (base.protocol === 'file:')
      return [({ pathname }) => [{ path: join(fileURLToPath(base), decodeURIComponent(pathname)) }]];
    return [below(base, ({ pathname }) => pathname)];
  });
  return (url) => (url.origin === goProxy ? proxies.flatMap((of) => of(url)) : [{ url }]);
}
