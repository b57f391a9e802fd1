import { createSchemaChecker, type SchemaChecker } from '../validate/schemas/schema-checker.ts';
import { customSchemaFiles, firstOf, openApiSchemas } from '../validate/schemas/schema-source.ts';
import { assetDirectory } from './assets.ts';
import type { ToolchainDeps } from './resolve-program.ts';

/**
 * Checks objects against the schemas of the pinned Kubernetes and of Flux's CRDs. Make one for all environments: it
 * compiles each kind once.
 *
 * @throws {PlatformError} what `assetDirectory` throws.
 */
export async function pinnedSchemas(deps: ToolchainDeps): Promise<SchemaChecker> {
  const openApi = openApiSchemas(await assetDirectory(deps, 'kubernetes-openapi'));
  return createSchemaChecker(firstOf([openApi, customSchemaFiles(await assetDirectory(deps, 'flux-crds'))]));
}
