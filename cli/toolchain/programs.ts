import type { EngineName } from '../values/environment.ts';
import type { ImageLayout } from './fetch/image.ts';
import type { ReleaseLayout } from './fetch/release.ts';
import type { SideModule } from './go.ts';
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
  /** The component of the infrastructure that it is for: without that, no engine needs it. */
  readonly component?: string | undefined;
  /** The one command that needs it, and gets it when it runs: no engine does. */
  readonly command?: string | undefined;
  /** The Go module that pins it, where that is not the one of the others. */
  readonly side?: SideModule | undefined;
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
