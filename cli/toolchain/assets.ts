import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { PlatformError } from '../errors/platform-error.ts';
import {
  isDirectory,
  makeDirectory,
  move,
  readBytes,
  readTextIfThere,
  remove,
  writeFileAtomically,
} from '../ports/files.ts';
import { withLock } from '../ports/lock.ts';
import { toolCache } from './cache.ts';
import { fluxControllers } from './flux-controllers.ts';
import type { SideModule } from './go.ts';
import { moduleFiles } from './module-files.ts';
import type { ToolchainDeps } from './resolve-program.ts';
import { versions, type VersionKey } from './versions.ts';

/** Files of one folder of a Go module. */
export interface Part {
  readonly module: string;
  readonly versionKey: VersionKey;
  /** Whose go.sum has its checksum, where that is not the one of the programs. */
  readonly side?: SideModule;
  /** Folder in the module, with forward slashes. */
  readonly from: string;
  readonly pick: RegExp;
  /** Folder in the asset that receives them; its top by default. */
  readonly to?: string;
}

const yaml = /\.ya?ml$/;
const kwokStages = (folder: string, pick: RegExp, to?: string): Part => ({
  module: 'sigs.k8s.io/kwok',
  versionKey: 'kwok',
  from: `kustomize/stage/${folder}`,
  pick,
  ...(to === undefined ? {} : { to }),
});

const fluxFolder = (from: string, to: string): Part => ({
  module: 'github.com/fluxcd/flux2/v2',
  versionKey: 'flux',
  from: `manifests/${from}`,
  pick: /^(?!kustomization\.yaml$).*\.yaml$/,
  to,
});

/** `<group>_<plural>.yaml`, as controller-gen names them. */
const definition = /^[a-z.-]+_[a-z]+\.ya?ml$/;

/** What lies beside the source of the pinned programs, and must fit them: never committed. */
const assets = {
  /** CustomResourceDefinitions, one a file. */
  'flux-crds': fluxControllers.map((name): Part => ({
    module: `github.com/fluxcd/${name}`,
    versionKey: name,
    from: 'config/crd/bases',
    pick: yaml,
  })),
  /**
   * What Flux's controllers consist of in a cluster: `<controller>/` with Deployment, Service, ServiceAccount, and the patch
   * and label transformer of Flux's distribution; `rbac/` and `policies/` for all of them.
   */
  'flux-manifests': [
    ...fluxControllers.flatMap((name): Part[] => [
      {
        module: `github.com/fluxcd/${name}`,
        versionKey: name,
        from: 'config/manager',
        pick: /^(deployment|service)\.yaml$/,
        to: name,
      },
      fluxFolder(`bases/${name}`, name),
    ]),
    fluxFolder('rbac', 'rbac'),
    fluxFolder('policies', 'policies'),
  ],
  /**
   * KWOK's Stages for nodes, pods and volumes at the top, one a file; in `objects/` the StorageClass `kwok-volume`
   * that the volume Stages act on.
   */
  'kwok-stages': [
    kwokStages('node/fast', /^node-.*\.yaml$/),
    kwokStages('node/heartbeat-with-lease', /^node-.*\.yaml$/),
    kwokStages('pod/fast', /^pod-.*\.yaml$/),
    kwokStages('volume/fast', /^pvc?-.*\.yaml$/),
    kwokStages('volume/fast', /^storage-class\.yaml$/, 'objects'),
  ],
  /** The kinds of components whose charts bring them: for checks, and for the engine embedded where no chart is installed. */
  'external-secrets-crds': [
    {
      module: 'github.com/external-secrets/external-secrets',
      versionKey: 'external-secrets',
      side: 'components',
      from: 'config/crds/bases',
      pick: definition,
    },
  ],
  /** Of the version that the engine embedded can run: the newer chart's own are of a later one. */
  'external-secrets-embedded-crds': [
    {
      module: 'github.com/external-secrets/external-secrets',
      versionKey: 'external-secrets-embedded',
      side: 'external-secrets',
      from: 'config/crds/bases',
      pick: definition,
    },
  ],
  'keda-crds': [
    {
      module: 'github.com/kedacore/keda/v2',
      versionKey: 'keda',
      side: 'components',
      from: 'config/crd/bases',
      pick: definition,
    },
  ],
  /** OpenAPI v3 documents as Kubernetes publishes them: `apis__apps__v1_openapi.json`. */
  'kubernetes-openapi': [
    {
      module: 'k8s.io/kubernetes',
      versionKey: 'kubernetes',
      from: 'api/openapi-spec/v3',
      pick: /_openapi\.json$/,
    },
  ],
} satisfies Record<string, readonly Part[]>;

export type AssetName = keyof typeof assets;

export const assetNames = Object.keys(assets) as AssetName[];

/** The list of files and digests in an asset's folder, in sha256sum's format; written before the folder gets its name. */
const listName = 'SHA256SUMS';

/** Where an asset lies in the cache: named by the versions it was taken from, and by what is taken from them. */
export function assetEntry(deps: Pick<ToolchainDeps, 'locations'>, name: AssetName): string {
  const parts: readonly Part[] = assets[name];
  const keys = new Set(parts.map(({ versionKey }) => versionKey));
  const recipe = sha256(JSON.stringify(parts.map((part) => ({ ...part, pick: part.pick.source })))).slice(
    0,
    8,
  );
  const folder = [...[...keys].map((key) => versions[key]), recipe].join('_');
  return join(toolCache(deps.locations), name, folder);
}

/**
 * A folder with the files of an asset: `<named folder>/<asset>` where the user has one, else the cache, filled from
 * the modules' archives the first time. Every file is compared with its digest (12 MB of OpenAPI take about 20 ms).
 *
 * @throws {PlatformError} TOOL_MISSING when neither a module proxy nor Go gives them, TOOL_BUILD_FAILED when Go fails, USAGE.
 */
export async function assetDirectory(deps: ToolchainDeps, name: AssetName): Promise<string> {
  for (const directory of deps.locations.toolDirectories) {
    if (await isDirectory(join(directory, name))) return join(directory, name);
  }
  const entry = assetEntry(deps, name);
  if (await isIntact(entry)) return entry;
  const busy = (): Error =>
    new PlatformError(
      'TOOL_TIMEOUT',
      `another platform command still copies ${name}`,
      'Try again in a minute',
    );
  return withLock(`${entry}.copying`, { waitMs: 600_000, busy }, async () => {
    if (await isIntact(entry)) return entry;
    await fill(deps, name, entry);
    return entry;
  });
}

/** True when the folder holds the files of its list, and each is what was put there. */
export async function isIntact(entry: string): Promise<boolean> {
  const list = await readTextIfThere(join(entry, listName));
  if (list === undefined) return false;
  const checks = list
    .trimEnd()
    .split('\n')
    .map(async (line) => {
      const [digest, file = ''] = line.split('  ');
      const content = await readBytes(join(entry, file)).catch(() => undefined);
      return content !== undefined && sha256(content) === digest;
    });
  return (await Promise.all(checks)).every(Boolean);
}

async function fill(deps: ToolchainDeps, name: AssetName, entry: string): Promise<void> {
  const side = `${entry}.partial`; // one holder of the lock at a time, so one name will do
  await remove(side);
  await makeDirectory(side);
  const lines: string[] = [];
  const parts: readonly Part[] = assets[name];
  for (const { part, files } of await moduleFiles(deps, name, parts, `${entry}.modules`)) {
    for (const [file, content] of files) {
      const path = part.to === undefined ? file : `${part.to}/${file}`;
      await writeFileAtomically(join(side, path), content);
      lines.push(`${sha256(content)}  ${path}\n`);
    }
  }
  await writeFileAtomically(join(side, listName), lines.join(''));
  await remove(entry);
  await move(side, entry);
}

/** A module that files of assets come from. */
export interface AssetModule {
  readonly module: string;
  readonly version: string;
  readonly side?: SideModule | undefined;
}

/** The modules that the files of all assets come from, with their versions. */
export function assetModules(): AssetModule[] {
  const found = Object.values(assets)
    .flat()
    .map(({ module, versionKey, side }: Part): [string, AssetModule] => {
      const version = versions[versionKey];
      return [`${module} ${version}`, { module, version, side }];
    });
  return [...new Map(found).values()];
}

function sha256(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex');
}
