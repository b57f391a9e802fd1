/**
 * Why one address did not give what was asked of it. Callers try the next one and keep the reason; no failure of this
 * kind ends a command by itself.
 *
 * unreachable: nothing answers there, for all of this run · status: it answers something else · interrupted: it stopped
 * in the middle, more than once · corrupt: not the content that was announced · unusable: content that makes no sense.
 */
export type FailureKind = 'unreachable' | 'status' | 'interrupted' | 'corrupt' | 'unusable';

export class DownloadFailure extends Error {
  readonly kind: FailureKind;
  /** Of an answer, where there was one. */
  readonly status: number | undefined;

  /** @param message What and where, without a secret: `dl.k8s.io cannot be reached (ECONNREFUSED)`. */
  constructor(kind: FailureKind, message: string, options: { status?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = 'DownloadFailure';
    this.kind = kind;
    this.status = options.status;
  }
}

/** An address for people: without user, password and query, which may hold secrets. */
export function shown(url: URL): string {
  return `${url.origin}${url.pathname}`;
}
