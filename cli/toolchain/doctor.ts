import { hang } from '../ports/wrap.ts';
import type { EngineName } from '../values/environment.ts';
import { machineChecks } from './doctor-machine.ts';
import { downloadable } from './fetch/downloadable.ts';
import { findGo, goHint } from './go.ts';
import { listTools, type ToolRow } from './list-tools.ts';
import { programsFor } from './programs-for.ts';
import { programs } from './programs.ts';
import { formatTable } from './format-table.ts';
import type { ToolchainDeps } from './resolve-program.ts';
import { compareVersions, versions } from './versions.ts';

/** ok · build: will be downloaded or built when it is first needed · worth knowing, stops nothing · missing: stops its engines. */
export type CheckState = 'ok' | 'build' | 'warning' | 'missing';

/** One line of `platform doctor`. */
export interface Check {
  readonly name: string;
  readonly state: CheckState;
  /** What was found: a version, a path, an amount. */
  readonly found: string;
  /** The engines that need it; `all` for the CLI itself. */
  readonly engine: EngineName | 'all';
  readonly use: string;
  /** How to get it: a command, an edit, or an address. Absent when there is nothing to do. */
  readonly fix?: string;
}

export interface Diagnosis {
  /** The engine that was asked for, or that `auto` stands for. */
  readonly engine: EngineName;
  readonly checks: readonly Check[];
  /** False when this engine lacks something that can neither be downloaded nor built here. */
  readonly usable: boolean;
}

/**
 * Looks at everything that the engines need from this machine. Builds, fetches and writes nothing; where programs are
 * missing it asks the servers that have them whether they answer, which takes up to 3 s.
 */
export async function diagnose(deps: ToolchainDeps, engine: EngineName): Promise<Diagnosis> {
  const needed = new Set(programsFor(engine).map(({ name }) => name));
  const [go, tools] = await Promise.all([findGo(deps), listTools(deps)]);
  const goWorks = go?.version !== undefined && compareVersions(go.version, versions.go) >= 0;
  const toBuild = tools.filter(({ source, name }) => source === 'build' && needed.has(name));
  const served = await downloadable(
    deps,
    tools.filter(({ source }) => source === 'build').map(({ name }) => name),
  );
  const toCompile = toBuild.filter(({ name }) => !served.has(name));
  const goCheck: Check = {
    name: 'go',
    engine: 'all',
    use: 'builds the programs below that cannot be downloaded, once on this machine',
    found: go === undefined ? 'not on PATH' : `${go.version ?? 'of unknown version'} (${go.path})`,
    ...(goWorks
      ? { state: 'ok' }
      : {
          state: toCompile.length > 0 ? 'missing' : 'warning',
          fix: `${versions.go} or newer is needed. ${goHint}`,
        }),
  };
  const checks = [
    ...(await machineChecks(
      deps,
      toBuild.map(({ name }) => name),
      toCompile.length > 0,
    )),
    goCheck,
    ...tools.map((tool) => programCheck(tool, goWorks, served)),
  ];
  const usable = !checks.some(
    (check) => check.state === 'missing' && (check.engine === 'all' || check.engine === engine),
  );
  return { engine, checks, usable };
}

function programCheck(tool: ToolRow, goWorks: boolean, served: ReadonlySet<string>): Check {
  const program = programs.find(({ name }) => name === tool.name);
  const common = { name: tool.name, engine: program?.engines[0] ?? 'all', use: program?.use ?? '' } as const;
  if (tool.source !== 'build') {
    const found = `${tool.version ?? tool.pinned} (${tool.source === 'cache' ? 'cache' : tool.path})`;
    return { ...common, state: 'ok', found };
  }
  const found = `${tool.pinned} is not here`;
  if (served.has(tool.name)) {
    const what = `${found}; will be downloaded (${String(program?.sizeMb ?? 0)} MB)`;
    return { ...common, state: 'build', found: what, fix: 'platform tools build' };
  }
  // An environment that has the component, or the command, needs it, and says so itself.
  const needed = program?.component === undefined && program?.command === undefined;
  if (!goWorks) return { ...common, state: needed ? 'missing' : 'warning', found, fix: goHint };
  const cost = `${String(program?.sizeMb ?? 0)} MB, up to ${String(program?.buildSeconds ?? 0)} s`;
  return {
    ...common,
    state: 'build',
    found: `${found}; will be built (${cost})`,
    fix: 'platform tools build',
  };
}

/** Why `auto` takes an engine; it never takes an existing cluster. */
const why: Readonly<Record<EngineName, string>> = {
  kind: ', and is what auto takes, since Docker answers',
  embedded: ', and is what auto takes, since no Docker answers',
  existing: '',
};

/**
 * @param unicode False where the locale has no check marks.
 * @param columns Of the terminal; undefined where it is none.
 * @param byAuto  Whether the engine was not named, but is what `auto` takes.
 */
export function formatDiagnosis(
  { engine, checks, usable }: Diagnosis,
  unicode: boolean,
  columns?: number,
  byAuto = false,
): string {
  const marks: Readonly<Record<CheckState, string>> = unicode
    ? { ok: '✔', build: '○', warning: '⚠', missing: '✗' }
    : { ok: 'ok', build: 'build', warning: 'note', missing: 'missing' };
  const rows = checks.map(({ state, name, engine: needs, found, use }) => [
    marks[state],
    name,
    needs === 'all' ? 'every engine' : needs,
    use,
    found,
  ]);
  const namesByFix = new Map<string, string[]>();
  for (const { name, state, fix } of checks) {
    if (fix !== undefined && state !== 'build') namesByFix.set(fix, [...(namesByFix.get(fix) ?? []), name]);
  }
  const fixes = [...namesByFix].map(([fix, names]) => hang(`  ${names.join(', ')}: ${fix}`, columns, 4));
  return [
    formatTable(rows, { columns, from: 3 }),
    '',
    ...(fixes.length > 0 ? ['How to get what is not there:', ...fixes, ''] : []),
    `The engine ${engine} ${usable ? 'can be used here' : 'cannot be used here yet'}${byAuto ? why[engine] : ''}.`,
  ].join('\n');
}
