import { join } from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';
import { versions } from '../toolchain/versions.ts';
import { packChart, type Chart } from './helm-charts.ts';
import { buildForPods, moduleFolder, packImage } from './packed-image.ts';
import { realRun } from './real-tools.ts';

/** In the Go module of other programs it would change their versions. */
const goModule = join(import.meta.dirname, '../e2e/go/keda');
const module = 'github.com/kedacore/keda/v2';

/** By the names that containers have in KEDA's manifests: the main package, and what the container starts. */
const programs: Readonly<Record<string, { package: string; file: string }>> = {
  'keda-operator': { package: 'operator', file: 'keda' },
  'keda-metrics-apiserver': { package: 'adapter', file: 'keda-adapter' },
  'keda-admission-webhooks': { package: 'webhooks', file: 'keda-admission-webhooks' },
};

const imageOf = (container: string): string => `platform.local/${container}:${versions.keda}`;

/** Builds KEDA, which takes minutes the first time. @returns Absolute paths, by the names of containers. */
export async function kedaPrograms(): Promise<Record<string, string>> {
  return buildForPods(
    goModule,
    Object.entries(programs).map(([name, { package: main }]) => ({
      name,
      module,
      package: `${module}/cmd/${main}`,
    })),
  );
}

/**
 * Packs KEDA's programs into images.
 *
 * @returns Their names.
 */
export async function kedaImages(): Promise<string[]> {
  const built = await kedaPrograms();
  for (const [name, { file }] of Object.entries(programs)) packImage(imageOf(name), file, built[name] ?? '');
  return Object.keys(programs).map(imageOf);
}

interface Manifest {
  readonly kind: string;
  readonly spec?: { template?: { spec: { containers: { name: string }[] } } };
}

/** A chart of the manifests in KEDA's Go module, with its definitions and webhooks: the project keeps its own chart elsewhere. */
export async function kedaChart(): Promise<Chart> {
  const folder = join(await moduleFolder(module, goModule), 'config/default');
  const { stdout } = await realRun()({ tool: 'kustomize', args: ['build', folder], timeoutMs: 60_000 });
  const all = parseAllDocuments(stdout).map((document) => document.toJS() as Manifest);
  for (const container of all.flatMap(({ spec }) => spec?.template?.spec.containers ?? []))
    Object.assign(container, { image: imageOf(container.name), imagePullPolicy: 'IfNotPresent' });
  const version = versions.keda;
  return packChart('keda', version, {
    'Chart.yaml': stringify({ apiVersion: 'v2', name: 'keda', version }),
    'crds/keda.yaml': listed(all.filter(({ kind }) => kind === 'CustomResourceDefinition')),
    'templates/keda.yaml': listed(
      all.filter(({ kind }) => kind !== 'CustomResourceDefinition' && kind !== 'Namespace'), // Helm makes that
    ),
  });
}

const listed = (manifests: readonly Manifest[]): string =>
  manifests.map((manifest) => stringify(manifest)).join('---\n');
