import type { Build } from '../build/build.ts';
import type { Deps } from '../ports/deps.ts';
import { formatRef, refOf, type KubeObject } from '../ports/kube.ts';
import { compareText } from '../values/compare-text.ts';
import type { Finding, Hit, Severity } from './finding.ts';
import { houseRules } from './house-rules.ts';
import { knownComponents } from './known-components.ts';
import { createPlaceFinder, type Origin } from './places.ts';
import { ruleContext, type Rule, type RuleContext } from './rule.ts';
import { createSchemaChecker, type SchemaChecker } from './schemas/schema-checker.ts';
import { customSchemas, firstOf } from './schemas/schema-source.ts';

export type ValidateDeps = Pick<Deps, 'root'> & {
  /** Knows the pinned Kubernetes and the CRDs that bootstrap installs; CRDs of the build itself are added. */
  readonly schemas: SchemaChecker;
};

type Coded = Hit & { readonly code: string; readonly severity: Severity };

/**
 * Checks a build against the schemas and every house rule.
 *
 * @param rules All house rules by default.
 * @returns Errors before warnings, each group in the order of file and line. Empty when all is well.
 */
export async function validateEnvironment(
  { root, schemas }: ValidateDeps,
  build: Build,
  rules: readonly Rule[] = houseRules,
): Promise<Finding[]> {
  const context = ruleContext(build, await knownComponents(root, build));
  const hits: Coded[] = [
    ...(await checkSchemas(context, schemas)),
    ...rules.flatMap(({ code, severity, check }) =>
      check(context).map((hit) => ({ code, severity, ...hit })),
    ),
  ];
  const placeOf = createPlaceFinder(root, build);
  const findings = await Promise.all(hits.map(async (hit) => toFinding(hit, await placeOf(hit))));
  return findings.sort(byUrgencyAndPlace);
}

async function checkSchemas({ all }: RuleContext, schemas: SchemaChecker): Promise<Coded[]> {
  const objects = all.map(({ object }) => object);
  const defines = objects.some(({ kind }) => kind === 'CustomResourceDefinition');
  const source = firstOf([schemas.source, customSchemas(objects)]);
  const { check } = defines ? createSchemaChecker(source) : schemas;
  const hits: Coded[] = [];
  for (const { object, kustomization } of all) {
    const faults = (await check(object)).filter(
      ({ code }) => !(code === 'SCHEMA_UNKNOWN_KIND' && isImageUpdate(object)),
    );
    hits.push(...faults.map((fault): Coded => ({ ...fault, severity: 'error', object, kustomization })));
  }
  return hits;
}

/** Flux's image kinds: their definitions lie in no Go module, so there is no schema of them here. */
function isImageUpdate({ apiVersion }: KubeObject): boolean {
  return apiVersion.startsWith('image.toolkit.fluxcd.io/');
}

function toFinding({ code, severity, message, hint, object }: Coded, origin: Origin | undefined): Finding {
  return {
    code,
    severity,
    message,
    hint: origin?.renderedFrom === undefined ? hint : `${hint} (rendered: edit ${origin.renderedFrom})`,
    object: object ? formatRef(refOf(object)) : undefined,
    place: origin?.place,
  };
}

function byUrgencyAndPlace(a: Finding, b: Finding): number {
  if (a.severity !== b.severity) return a.severity === 'error' ? -1 : 1;
  const files = compareText(a.place?.file ?? '', b.place?.file ?? '');
  return files === 0 ? (a.place?.line ?? 0) - (b.place?.line ?? 0) : files;
}
