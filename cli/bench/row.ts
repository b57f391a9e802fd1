import type { Workshop } from './workshop.ts';

/** What one run gave; each row measures time, memory, or both. */
export interface Sample {
  readonly seconds?: number;
  /** 10^6 bytes. */
  readonly megabytes?: number;
}

/** One thing that is run again and again. */
export interface Side {
  readonly name: string;
  /** Prepares, measures, and cleans up; only what is measured counts. `round` begins at 0. */
  readonly run: (round: number) => Promise<Sample>;
}

/** What a side has to reach. */
export interface Goal {
  /** The name of a side. */
  readonly of: string;
  /** `ratio`: the seconds of this side are 1. */
  readonly to?: string;
  readonly unit: 'ratio' | 's' | 'MB';
  readonly atMost: number;
}

/** What a row has at hand while it is measured. */
export interface Bench {
  readonly sides: readonly Side[];
  readonly dispose?: () => Promise<void>;
}

/** One line of issue and table: what is measured, against which floor. */
export interface Row {
  /** As given to --only. */
  readonly name: string;
  readonly title: string;
  readonly goals: readonly Goal[];
  /** How often each side is run, in turns. */
  readonly runs: number;
  /** Why it cannot be measured on this machine; undefined where it can. */
  readonly skipped?: () => Promise<string | undefined>;
  /** What is not measured: clusters, repositories, programs to compare with. */
  readonly prepare: (workshop: Workshop) => Promise<Bench>;
}
