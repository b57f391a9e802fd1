import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * The files of `e2e` that take longest, the longest first: those that wait for a cluster. Each of the others takes less than
 * half a minute.
 */
export const longest: readonly string[] = [
  'why',
  'infrastructure',
  'readme-tour',
  'life',
  'deploy',
  'helm-and-sops',
  'secrets',
  'bootstrap',
  'bad-input/deploy',
  'embedded-engine',
  'fuzz',
].map((name) => `cli/e2e/${name}.test.ts`);

/** Starts what takes longest first, so that the workers end at about the same time, also where nothing is cached. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const index = longest.findIndex((path) => moduleId.endsWith(`/${path}`));
      return index === -1 ? longest.length : index;
    };
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}
