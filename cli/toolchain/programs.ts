import type { EngineName } from '../values/environment.ts';
import type { ImageLayout } from './fetch/image.ts';
import type { ReleaseLayout } from './fetch/release.ts';
import { entries } from './program-entries.ts';
import { versions } from './versions.ts';

/** An outside program that this repository pins and can build. */
export interface Program {
  readonly name: string;
  /** The pin in versions.json. */
  readonly version: string;
  /** The Go module that its version is the version of. */
  readonly module: string;
  /** The main package. Programs of one package are one file, which behaves by the name that it is started by. */
  readonly package: string;
  /** Where its project publishes it for download, and the official image that holds it: each may be absent. */
  readonly release?: ReleaseLayout | undefined;
  readonly image?: ImageLayout | undefined;
  /** What asks it for its version; absent where it has no such flag and only Go's build information tells. */
  readonly versionArgs?: readonly string[] | undefined;
  /** The engines that cannot do without it; empty for a program that the CLI itself uses on every engine. */
  readonly engines: readonly EngineName[];
  /**
   * Set where one command alone needs it: a folder below the CLI's home, with a go.mod of its own. It is then fetched or built
   * when that command asks for it, and is no part of what an engine gets.
   */
  readonly ownModule?: string | undefined;
  /** What it does here, for `platform doctor`. */
  readonly use: string;
  /** Measured on linux-amd64, stripped. */
  readonly sizeMb: number;
  /** Measured on 2 cores, each built after the ones above it, which share its packages. */
  readonly buildSeconds: number;
}

export type ProgramName = (typeof entries)[number]['name'];

/** All of them, in the order to build and to show them. */
export const programs: readonly Program[] = entries.map(({ versionKey, ...program }) => ({
  ...program,
  version: versions[versionKey],
}));

/** What one engine needs to run, and the CLI with it. */
export function programsFor(engine: EngineName): readonly Program[] {
  return programs.filter(
    ({ engines, ownModule }) => ownModule === undefined && (engines.length === 0 || engines.includes(engine)),
  );
}

/**
 * The same for all programs, so that one `go build` makes them and Go's cache serves every one: the version that
 * Kubernetes' programs report. The others carry theirs in their source or in Go's build information.
 */
export function linkerFlags(kubernetes = versions.kubernetes): string {
  const [major = '', minor = ''] = kubernetes.split('.');
  const at = 'k8s.io/component-base/version';
  return `-s -w -X ${at}.gitVersion=v${kubernetes} -X ${at}.gitMajor=${major} -X ${at}.gitMinor=${minor}`;
}

/**
 * The name that `go build -o <folder>/` gives a program: the last element of its package that is no major version.
 *
 * @see {@link https://pkg.go.dev/cmd/go#hdr-Compile_packages_and_dependencies}
 */
export function builtName(packagePath: string): string {
  const elements = packagePath.split('/');
  const last = elements.at(-1) ?? '';
  return /^v\d+$/.test(last) && elements.length > 1 ? (elements.at(-2) ?? last) : last;
}
