import { join } from 'node:path';
import { apiServerProbe, partsWith, type ComponentContext } from './components.ts';
import { pkiFiles } from './pki.ts';
import type { PartPlan, Probe } from '../supervisor/plan.ts';

/** The components, resolved to what the supervisor starts. */
export function planParts(context: ComponentContext): PartPlan[] {
  const { directory } = context;
  const pki = pkiFiles(directory.pki);
  const crd = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const served = (crds: readonly string[] = []): Probe[] =>
    crds.map((name) => ({ ...apiServerProbe(context, pki, `${crd}/${name}`), expect: 'established' }));
  const fluxServed = served(context.fluxCrds);
  return partsWith(Object.keys(context.componentCrds)).map((component) => ({
    name: component.name,
    program: programOf(context, component.name),
    args: component.args(context, pki),
    env: {
      PATH: context.path.join(':'),
      HOME: directory.root,
      TMPDIR: directory.temporary,
      GOGC: '50', // heaps grow to 1.5 times of what is in use, not 2: a tenth less memory; a hard limit would choke a full cluster
      ...component.env?.(context),
    },
    after: component.after,
    when:
      component.of === undefined
        ? component.needsFluxCrds
          ? fluxServed
          : []
        : served(context.componentCrds[component.of]),
    wanted:
      component.onlyFor === undefined
        ? undefined
        : { ...apiServerProbe(context, pki, `${component.onlyFor}?limit=1`), expect: 'items' },
    ready: component.ready(context, pki),
    log: join(directory.logs, `${component.name}.log`),
  }));
}

function programOf({ programs }: ComponentContext, name: string): string {
  const program = programs[name];
  if (program === undefined) throw new Error(`the toolchain gave no path for ${name}`);
  return program;
}
