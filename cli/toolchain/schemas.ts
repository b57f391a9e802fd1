import { createSchemaChecker, type SchemaChecker } from '../validate/schemas/schema-checker.ts';
import {
  customSchemaFiles,
  firstOf,
  openApiSchemas,
  type SchemaSource,
} from '../validate/schemas/schema-source.ts';
import { assetDirectory, type AssetName } from './assets.ts';
import type { ToolchainDeps } from './resolve-program.ts';

/** The kinds that components bring: by the end of their API groups, the asset that defines them. */
const ofComponents: readonly (readonly [group: string, asset: AssetName])[] = [
  ['external-secrets.io', 'external-secrets-crds'],
  ['keda.sh', 'keda-crds'],
];

/**
 * Checks objects against the schemas of the pinned Kubernetes, of Flux's CRDs and of those that components bring. Make one for all environments: it
 * compiles each kind once.
 *
 * @throws {PlatformError} what `assetDirectory` throws.
 */
export async function pinnedSchemas(deps: ToolchainDeps): Promise<SchemaChecker> {
  const openApi = openApiSchemas(await assetDirectory(deps, 'kubernetes-openapi'));
  const flux = customSchemaFiles(await assetDirectory(deps, 'flux-crds'));
  return createSchemaChecker(firstOf([openApi, flux, componentSchemas(deps)]));
}

/** Fetched when the first object of such a group is checked: most environments have none. */
function componentSchemas(deps: ToolchainDeps): SchemaSource {
  return async (apiVersion) => {
    const group = apiVersion.split('/')[0] ?? '';
    const found = ofComponents.find(([end]) => group === end || group.endsWith(`.${end}`));
    return found && customSchemaFiles(await assetDirectory(deps, found[1]))(apiVersion);
  };
}
