import { readTextIfThere, writeFileAtomically } from '../ports/files.ts';

/** How a program in the cache came to be there. */
export interface Origin {
  readonly source: 'download' | 'image' | 'build';
  /** An address, an image with its tag, or a Go package with its version. */
  readonly from: string;
  /** What was compared on the way, `sha256:…` each: `file`; `index`, `manifest` and `layer` of an image. */
  readonly digests: Readonly<Record<string, string>>;
}

export async function writeOrigin(path: string, origin: Origin): Promise<void> {
  await writeFileAtomically(path, `${JSON.stringify(origin)}\n`);
}

/** null for what an older version of this program put there, and where the note is damaged: it only informs. */
export async function readOrigin(path: string): Promise<Origin | null> {
  const text = await readTextIfThere(path);
  try {
    const found = JSON.parse(text ?? '') as Partial<Origin> | null;
    const whole = found !== null && typeof found.from === 'string' && typeof found.digests === 'object';
    return whole && found.source !== undefined && sources.includes(found.source) ? (found as Origin) : null;
  } catch {
    return null;
  }
}

const sources: readonly string[] = ['download', 'image', 'build'] satisfies Origin['source'][];
