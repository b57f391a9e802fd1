import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { assetModules } from './assets.ts';
import { builtName, linkerFlags } from './go-output.ts';
import { programsFor } from './programs-for.ts';
import { programs } from './programs.ts';
import { compareVersions, versions } from './versions.ts';

const root = join(import.meta.dirname, '../..');
const goModOf = (side = '.'): string => readFileSync(join(root, 'cli/toolchain/go', side, 'go.mod'), 'utf8');
const goMod = goModOf();

/** Where versions may be spelled: the pins themselves, what npm and Go write, texts; tests show sample data. */
const spelledHere =
  /^(versions\.json|clusters\/[^/]+\/flux\/.*|infrastructure\/[^/]+\/[^/]+\/overlays\/.*|package(-lock)?\.json|cli\/\w+\/go\/.*|docs\/.*|.*\.md|.*\.test\.ts)$/;

/** A comment may name the version that a fact was taken from. */
const comment = /^\s*(\*|\/\/|\/\*|#)/;

describe('versions.json', () => {
  it.each(programs.map(({ module, version, side }) => [module, version, side]))(
    'pins %s as go.mod does',
    (module, version, side) => {
      expect(goModOf(side)).toMatch(
        new RegExp(`^\\s*${module.replaceAll('.', '\\.')} v${version.replaceAll('.', '\\.')}( |$)`, 'm'),
      );
    },
  );

  it.each(assetModules().flatMap(({ module, version, side }) => (side ? [[module, version, side]] : [])))(
    'pins %s as the module of its own does',
    (module, version, side) => {
      const sums = readFileSync(join(root, 'cli/toolchain/go', side, 'go.sum'), 'utf8');
      expect(sums).toContain(`${module} v${version} h1:`);
      const pins = readFileSync(join(root, 'cli/toolchain/go', side, 'go.mod'), 'utf8');
      expect(pins).toContain(`${module} v${version}`);
    },
  );

  it('pins Go as go.mod does', () => {
    expect(goMod).toContain(`\ngo ${versions.go}\n`);
  });

  it('builds every program that go.mod names as a tool, and no other', () => {
    const tools = /^tool \(\n([^)]*)\)/m.exec(goMod)?.[1]?.trim().split(/\s+/);
    const main = programs.filter(({ side }) => side === undefined);
    expect([...new Set(main.map((program) => program.package))].sort()).toEqual(tools?.sort());
    for (const program of programs.filter(({ side }) => side !== undefined)) {
      expect(goModOf(program.side)).toContain(`\ntool ${program.package}\n`);
    }
  });

  it('is the only file that spells an outside version', () => {
    const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
      cwd: root,
      encoding: 'utf8',
    });
    const pattern = [...new Set(Object.values(versions))]
      .map((version) => version.replaceAll('.', '\\.'))
      .join('|');
    const version = new RegExp(`(?<![\\w.])v?(${pattern})(?![\\w.]*\\d)`);
    const found = files
      .split('\0')
      .filter((file) => file !== '' && !spelledHere.test(file))
      .flatMap((file) => linesOf(file).map((line, at) => ({ line, place: `${file}:${at + 1}` })))
      .filter(({ line }) => !comment.test(line) && version.test(line));

    expect(found).toEqual([]);
  });
});

/** Empty for a file that was removed and not yet committed. */
function linesOf(file: string): string[] {
  try {
    return readFileSync(join(root, file), 'utf8').split('\n');
  } catch {
    return [];
  }
}

it('leaves what one command alone needs to that command', () => {
  for (const engine of ['embedded', 'kind', 'existing'] as const)
    expect(programsFor(engine).map(({ name }) => name)).not.toContain('k6');
});

it.each([
  ['1.26.8', '1.26.0', 1],
  ['2.39.5.windows.1', '2.39.5', 0],
  ['1.9', '1.26.0', -1],
])('compares %s with %s', (a, b, sign) => {
  expect(Math.sign(compareVersions(a, b))).toBe(sign);
});

it.each([
  ['go.etcd.io/etcd/server/v3', 'server'],
  ['k8s.io/kubernetes/cmd/kubectl', 'kubectl'],
])('knows that go build names %s %s', (path, name) => {
  expect(builtName(path)).toBe(name);
});

it('stamps the Kubernetes version that the code is', () => {
  expect(linkerFlags('1.99.7')).toBe(
    '-s -w -X k8s.io/component-base/version.gitVersion=v1.99.7 -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=99',
  );
});
