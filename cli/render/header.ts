import { hash } from 'node:crypto';
import { withoutTags } from './mark-tags.ts';

export function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}

/** sha256 of a rendered text, the tags left out that Flux may set: its commit must leave a tree that renders to itself. */
export function bodyDigest(body: string): string {
  return sha256(withoutTags(body));
}

export interface Header {
  /** sha256 of the template and of the values that it mentions. */
  readonly inputs: string;
  /** Of everything below the header: {@link bodyDigest}. */
  readonly body: string;
}

/** How many lines the header takes: the body begins on the line after. */
export const headerLines = 2;

/** The two lines that begin every rendered file, so that a hand edit is seen without git and without a lock file. */
export function withHeader(sources: readonly string[], inputs: string, body: string): string {
  const first = `# Rendered by platform from ${sources.join(', ')}. Do not edit.`;
  return `${first}\n# inputs sha256:${inputs} body sha256:${bodyDigest(body)}\n${body}`;
}

/**
 * Takes a file apart.
 *
 * @returns undefined where the file has no header of ours: a person made it, or took the header away.
 */
export function readHeader(content: string): { header: Header; body: string } | undefined {
  const found =
    /^# Rendered by platform from [^\n]*\n# inputs sha256:([0-9a-f]{64}) body sha256:([0-9a-f]{64})\n/.exec(
      content,
    );
  if (!found) return undefined;
  const [all, inputs = '', body = ''] = found;
  return { header: { inputs, body }, body: content.slice(all.length) };
}

/** The first line, from 1, in which two texts differ; undefined where they are equal. */
export function firstDifference(left: string, right: string): number | undefined {
  if (left === right) return undefined;
  const [a, b] = [left.split('\n'), right.split('\n')];
  const index = a.findIndex((line, at) => line !== b[at]);
  return (index < 0 ? a.length : index) + 1;
}
