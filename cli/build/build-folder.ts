import { join, posix, relative, sep } from 'node:path';
import { stringify } from 'yaml';
import { isDirectory } from '../ports/files.ts';
import type { Deps } from '../ports/deps.ts';
import type { KubeObject } from '../ports/kube.ts';
import { resolveLinks, withSideFolder } from '../ports/side-folder.ts';
import { writeFilesTogether } from '../ports/write-together.ts';
import type { FluxKustomizationSpec } from './flux-kustomization.ts';
import { refuseForeign } from './foreign-inputs.ts';
import { explainFailure, FolderFailure } from './folder-failure.ts';
import { findKustomizationFile, scanResources } from './kustomization-file.ts';
import type { KeptBuilds } from './kept-builds.ts';
import { parseManifests } from './manifests.ts';

export type BuildDeps = Pick<Deps, 'run'> & {
  /** Where builds are looked up and kept; without, kustomize is run for each. */
  readonly builds?: KeptBuilds | undefined;
};

/** One kustomize build, in milliseconds: a remote base may have to be cloned. */
const deadlineMs = 120_000;

/**
 * Builds one folder as kustomize-controller 1.9.5 does (fluxcd/pkg/kustomize 1.35.6, Build and Generator): files outside the
 * folder may be loaded (LoadRestrictionsNone), plugins are off. Unlike there, remote bases are refused. A folder without a kustomization
 * file gets one that lists its YAML files; spec.targetNamespace, namePrefix, nameSuffix, patches, images and components are
 * laid over it, and spec.commonMetadata is set on every object. Where the controller writes into the folder, this writes a
 * kustomization into a side folder whose resource is the folder. The controller asks for no reordering; Flux sorts before it
 * applies, so kustomize's default order (namespaces first) is kept here. SOPS-encrypted documents pass through as they are.
 *
 * @param folder Relative to `root`, with forward slashes.
 * @throws {FolderFailure} with the place where kustomize tells one.
 */
export async function buildFolder(
  { run, builds }: BuildDeps,
  root: string,
  folder: string,
  spec: FluxKustomizationSpec = {},
): Promise<KubeObject[]> {
  const absolute = join(root, folder);
  if (!(await isDirectory(absolute)))
    throw new FolderFailure(folder, 'the folder does not exist', { file: folder });
  const overlay = overlayFrom(spec);
  const folders = [folder, ...(overlay?.components ?? []).map((entry) => posix.join(folder, entry))];
  const build = async (): Promise<KubeObject[]> => {
    for (const one of folders) await refuseForeign(root, one);
    const file = await findKustomizationFile(absolute);
    if (file && overlay === undefined) return kustomizeBuild(run, root, folder, absolute);
    return withSideFolder(async (side) => {
      const there = await resolveLinks(absolute);
      const entries = file ? [''] : await scanResources(there);
      if (entries.length === 0) return [];
      const resources = entries.map((entry) => toSlashes(relative(side, join(there, entry))));
      const components = (overlay?.components ?? []).map((entry) =>
        toSlashes(relative(side, join(there, entry))),
      );
      await writeKustomization(side, { ...overlay, resources, components });
      return kustomizeBuild(run, root, folder, side);
    });
  };
  const objects = builds ? await builds.get({ root, folders, overlay }, build) : await build();
  return objects.map((object) => withCommonMetadata(object, spec.commonMetadata));
}

async function kustomizeBuild(
  run: Deps['run'],
  root: string,
  folder: string,
  target: string,
): Promise<KubeObject[]> {
  const { stdout, stderr, exitCode } = await run({
    tool: 'kustomize',
    args: ['build', target, '--load-restrictor', 'LoadRestrictionsNone'],
    cwd: root,
    // The process lives for 60 ms: collecting its garbage takes a third of that, and is needed only for huge folders.
    env: { GOGC: 'off', GOMEMLIMIT: '512MiB' },
    timeoutMs: deadlineMs,
    okExitCodes: [0, 1],
  });
  // An overlay whose apps are all off lists nothing; the controller applies nothing then, kustomize alone refuses.
  if (exitCode !== 0 && stderr.includes('kustomization.yaml is empty')) return [];
  if (exitCode !== 0) throw await explainFailure(root, folder, stderr);
  try {
    return parseManifests(stdout);
  } catch (error) {
    throw new FolderFailure(folder, error instanceof Error ? error.message : String(error));
  }
}

type Overlay = Pick<
  FluxKustomizationSpec,
  'patches' | 'images' | 'components' | 'namePrefix' | 'nameSuffix'
> & {
  readonly namespace?: string;
};

function overlayFrom(spec: FluxKustomizationSpec): Overlay | undefined {
  const { targetNamespace, namePrefix, nameSuffix, patches, images, components } = spec;
  const overlay: Overlay = {
    ...(targetNamespace === undefined ? {} : { namespace: targetNamespace }),
    ...(namePrefix === undefined ? {} : { namePrefix }),
    ...(nameSuffix === undefined ? {} : { nameSuffix }),
    ...(patches === undefined ? {} : { patches }),
    ...(images === undefined ? {} : { images }),
    ...(components === undefined ? {} : { components }),
  };
  return Object.keys(overlay).length === 0 ? undefined : overlay;
}

async function writeKustomization(side: string, content: object): Promise<void> {
  const header = { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization' };
  const path = join(side, 'kustomization.yaml');
  await writeFilesTogether([{ path, content: stringify({ ...header, ...content }) }], { flush: false });
}

function withCommonMetadata(object: KubeObject, common: FluxKustomizationSpec['commonMetadata']): KubeObject {
  if (common === undefined) return object;
  const { metadata } = object;
  return {
    ...object,
    metadata: {
      ...metadata,
      ...(common.labels ? { labels: { ...metadata.labels, ...common.labels } } : {}),
      ...(common.annotations ? { annotations: { ...metadata.annotations, ...common.annotations } } : {}),
    },
  };
}

function toSlashes(path: string): string {
  return path.split(sep).join('/');
}
