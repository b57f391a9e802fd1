import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { assetDirectory } from '../toolchain/assets.ts';
import { ensurePrograms } from '../toolchain/ensure-programs.ts';
import { versions } from '../toolchain/versions.ts';
import { filesBelow, packChart, type Chart } from './helm-charts.ts';
import { moduleFolder, packImage } from './packed-image.ts';
import { toolDeps } from './real-tools.ts';

const version = versions['external-secrets-embedded'];

/** The folder of the go.mod that pins the version which builds as one module. */
const goModule = join(import.meta.dirname, '../toolchain/go/external-secrets');

/**
 * Packs External Secrets into an image.
 *
 * @returns Its name: the one that the chart asks for, so that its values can stay as they are.
 */
export async function externalSecretsImage(): Promise<string> {
  const image = `oci.external-secrets.io/external-secrets/external-secrets:v${version}`;
  const paths = await ensurePrograms(toolDeps, ['external-secrets'], () => undefined);
  packImage(image, 'external-secrets', paths['external-secrets']);
  return image;
}

/** The chart of External Secrets that fits the image, out of the Go module. */
export async function externalSecretsChart(): Promise<Chart> {
  const module = await moduleFolder('github.com/external-secrets/external-secrets', goModule);
  const folder = join(module, 'deploy/charts/external-secrets');
  const description = parse(await readFile(join(folder, 'Chart.yaml'), 'utf8')) as object;
  const definitions = await assetDirectory(toolDeps, 'external-secrets-embedded-crds');
  return packChart('external-secrets', version, {
    ...(await filesBelow(folder, '', /^(values.*|files\/.*|templates\/.*\.(yaml|tpl))$/)),
    // Its text is one release behind its source, and names a chart that nothing here uses.
    'Chart.yaml': stringify({ ...description, version, appVersion: `v${version}`, dependencies: [] }),
    ...(await filesBelow(definitions, 'crds/', /\.ya?ml$/)), // the chart's own are made when it is released
  });
}
