import { withBearerTokens } from './bearer.ts';
import { expectOk, get, readSmall } from './http-get.ts';
import { save, type SaveOptions } from './save.ts';
import { systemTransport, type Timing } from './transport.ts';

/** What the environment says about where programs come from; each as it was written, undefined where it is absent or empty. */
export interface DownloadSettings {
  readonly PLATFORM_TOOLS_SOURCES?: string | undefined;
  readonly PLATFORM_TOOLS_MIRROR?: string | undefined;
  readonly GOPROXY?: string | undefined;
}

export interface Place {
  readonly url: URL;
  readonly authorization?: string | undefined;
}

/** Gets files over HTTP for one run of the CLI, which asks no server again that it could not reach. */
export interface Downloads {
  readonly settings: DownloadSettings;
  /**
   * @param options.signal Ends it before the deadlines that every server has.
   * @throws {DownloadFailure} as {@link get} and {@link readSmall} do, and status when it is not 200.
   */
  readonly read: (
    place: Place,
    options: { maxBytes: number; accept?: string; signal?: AbortSignal },
  ) => Promise<Buffer>;
  /** @throws as {@link save} does. */
  readonly save: (place: Place, path: string, options: SaveOptions) => Promise<void>;
  /** True when anything at all answers at that origin. Takes as long as an unreachable server may take: 3 s. */
  readonly reaches: (origin: string) => Promise<boolean>;
}

export function systemDownloads(env: NodeJS.ProcessEnv, timing?: Timing): Downloads {
  const plain = systemTransport(env, timing);
  const transport = withBearerTokens(plain, new Map());
  const setting = (name: keyof DownloadSettings): DownloadSettings => {
    const value = env[name]?.trim() ?? '';
    return value === '' ? {} : { [name]: value };
  };
  const probes = new Map<string, Promise<boolean>>();
  return {
    settings: {
      ...setting('PLATFORM_TOOLS_SOURCES'),
      ...setting('PLATFORM_TOOLS_MIRROR'),
      ...setting('GOPROXY'),
    },
    read: async ({ url, authorization }, { maxBytes, accept, signal }) => {
      const headers: Record<string, string> = accept === undefined ? {} : { accept };
      const answer = expectOk(await get(transport, url, { headers, authorization, signal }), url);
      return readSmall(transport, answer, url, maxBytes);
    },
    save: async ({ url, authorization }, path, options) => {
      await save(transport, url, path, { ...options, authorization });
    },
    reaches: async (origin) => {
      const probe =
        probes.get(origin) ??
        plain.request(new URL('/', origin), {}).then(
          ({ body }) => {
            body.destroy();
            return true;
          },
          () => false,
        );
      probes.set(origin, probe);
      return probe;
    },
  };
}
