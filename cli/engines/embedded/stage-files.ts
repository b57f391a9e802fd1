import { join } from 'node:path';
import { listFiles, readText } from '../../ports/files.ts';

/** Files in a folder that hold a KWOK Stage: absolute paths. */
export async function stageFiles(directory: string): Promise<string[]> {
  const files = (await listFiles(directory))
    .filter((file) => /\.ya?ml$/.test(file))
    .map((file) => join(directory, file));
  const texts = await Promise.all(files.map(async (file) => readText(file)));
  return files.filter((_, index) => /^kind: Stage$/m.test(texts[index] ?? ''));
}
