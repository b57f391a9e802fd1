import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { goProgram } from './go-program.ts';

/** The values of `stage` with the image of trades in Flux's hands. */
export function automated(values: string): string {
  return values.replace(
    '  trades:\n    image: { tag: 0.1.0 }\n',
    `  trades:
    image:
      tag: 0.1.0 # {"$imagepolicy": "flux-system:trades-stage:tag"}
      automation: true
`,
  );
}

/** Edits a tree as Flux's image-automation-controller would when its policies chose these tags: `flux-system:trades-stage=0.2.0`. */
export async function setImages(root: string, ...choices: string[]): Promise<void> {
  await promisify(execFile)(await goProgram('image-setter'), [root, ...choices]);
}
