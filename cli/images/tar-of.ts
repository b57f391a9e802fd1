import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';

/**
 * A tar archive of executable files, in memory.
 *
 * @param files Content by path. All are of 1970, so that the same files give the same layer.
 */
export async function tarOf(files: Readonly<Record<string, Buffer>>): Promise<Buffer> {
  const archive = pack();
  for (const [name, content] of Object.entries(files)) {
    archive.entry({ name, mode: 0o755, mtime: new Date(0) }, content);
  }
  archive.finalize();
  return buffer(archive);
}
