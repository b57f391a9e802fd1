import fc from 'fast-check';
import { listApps, loadValuesSchema } from '../../values/apps.ts';
import { loadSchema } from '../../values/schema.ts';
import type { Plain } from '../../values/tree.ts';
import { anyText, anyValue, nearlyValid, toYaml, validValue } from './arbitraries.ts';

/** What a person writes, as text: platform.yaml and the values of one environment. */
export interface Input {
  readonly platform: string;
  readonly values: string;
}

export interface Inputs {
  /** Of the shape that the schemas ask for: most of it is accepted. */
  readonly valid: fc.Arbitrary<Input>;
  /** Valid but for a few places, random trees, and random text. */
  readonly wrong: fc.Arbitrary<Input>;
}

/** Inputs drawn from the schemas in a repository's templates/. */
export async function inputsFor(root: string): Promise<Inputs> {
  const apps = await listApps(root);
  const valuesSchema = await loadValuesSchema(root);
  const platformSchema = await loadSchema(root, 'templates/schemas/platform.schema.json');
  const values = fc
    .tuple(validValue(valuesSchema, apps), fc.double({ min: 0, max: 1 }))
    .map(mostlyConsistent);
  // What is drawn for `defaults` knows no schema.
  const platform = validValue(platformSchema, apps).map((drawn): Plain => ({
    ...(drawn as Record<string, Plain>),
    defaults: {},
  }));
  const someTree = fc.oneof(nearlyValid(values), anyValue);
  const someText = fc.oneof(
    { weight: 3, arbitrary: someTree.map(toYaml) },
    { weight: 1, arbitrary: anyText },
  );
  return {
    valid: fc.record({ platform: platform.map(toYaml), values: values.map(toYaml) }),
    wrong: fc.oneof(
      { weight: 4, arbitrary: fc.record({ platform: platform.map(toYaml), values: someText }) },
      {
        weight: 1,
        arbitrary: fc.record({ platform: nearlyValid(platform).map(toYaml), values: values.map(toYaml) }),
      },
    ),
  };
}

interface Drawn {
  readonly engine?: string;
  readonly cluster?: { readonly context?: string };
  readonly components?: Readonly<Record<string, Readonly<Record<string, Plain>>>>;
  readonly apps?: Readonly<Record<string, DrawnApp>>;
}

interface DrawnApp {
  readonly enabled?: boolean;
  readonly after?: readonly string[];
  readonly replicas?: number;
  readonly image?: Readonly<Record<string, Plain>>;
  readonly autoscaling?: Readonly<Record<string, Plain>>;
}

/** Takes away what one value contradicts another with, in nine cases of ten: the schemas cannot say it. */
function mostlyConsistent([drawn, chance]: [Plain, number]): Plain {
  if (chance > 0.9) return drawn;
  const {
    engine,
    cluster = {},
    components = {},
    apps = {},
    ...rest
  } = drawn as Drawn & Record<string, Plain>;
  const { context, ...size } = cluster;
  const disabled = Object.keys(apps).filter((name) => apps[name]?.enabled === false);
  const ordered = Object.entries(apps).map(([name, app]) => {
    const after = (app.after ?? []).filter((other) => other < name && !disabled.includes(other));
    return [name, { ...app, after, ...consistentApp(app) }];
  });
  return {
    ...rest,
    ...(context === undefined
      ? { engine: engine === 'existing' ? 'auto' : (engine ?? 'kind') }
      : { engine: 'existing' }),
    cluster: { ...size, ...(context === undefined ? {} : { context }) },
    components: consistentComponents(components, apps) as Plain,
    apps: Object.fromEntries(ordered) as Plain,
  };
}

/** One that every environment may have, whatever its engine. */
const store = { kind: 'aws', aws: { region: 'eu-central-1' } };

/** Nothing is brought that is there already, and what an app needs is. */
function consistentComponents(
  drawn: NonNullable<Drawn['components']>,
  apps: Readonly<Record<string, DrawnApp>>,
): object {
  const once = Object.entries(drawn).map(([name, values]) => [
    name,
    {
      ...values,
      ...(values['enabled'] === true ? { provided: false } : {}),
      ...(name === 'external-secrets' ? { store } : {}),
    },
  ]);
  const kinds = new Set(Object.values(apps).map(({ autoscaling }) => autoscaling?.['kind']));
  const needed = {
    ...(kinds.has('keda') ? { keda: { enabled: true } } : {}),
    ...(kinds.has('hpa') ? { 'metrics-server': { enabled: true } } : {}),
    ...(JSON.stringify(apps).includes('"externalSecret"')
      ? { 'external-secrets': { enabled: true, store } }
      : {}),
  };
  return { ...Object.fromEntries(once), ...needed } as object;
}

/** Flux moves tags on existing clusters with a remote only; an autoscaler takes what `replicas` says as its begin. */
function consistentApp({ image, autoscaling, replicas }: DrawnApp): object {
  const asked = Object.fromEntries(
    Object.entries(image ?? {}).filter(([name]) => name !== 'automation' && name !== 'pullSecret'),
  );
  const scaled = autoscaling?.['kind'] === 'hpa' || autoscaling?.['kind'] === 'keda';
  const triggers =
    autoscaling?.['kind'] === 'keda'
      ? [{ type: 'cron', start: '0 8 * * *', end: '0 18 * * *', replicas: 2 }]
      : [];
  return {
    ...(image === undefined ? {} : { image: asked }),
    ...(autoscaling === undefined ? {} : { autoscaling: { ...autoscaling, triggers, min: 1, max: 50 } }),
    ...(scaled && replicas === 0 ? { replicas: 1 } : {}),
  };
}
