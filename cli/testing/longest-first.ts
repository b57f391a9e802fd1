import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * The files that take longest, the longest first: those that wait for a cluster. Each of the others takes less than
 * a minute and a half.
 */
export const longest: readonly string[] = [
  'clusters/infrastructure',
  'clusters/readme-tour',
  'clusters/existing-flux',
  'clusters/why',
  'clusters/git-remote',
  'clusters/deploy',
  'clusters/fuzz',
  'clusters/life',
  'clusters/secrets',
  'clusters/json-documents',
  'clusters/helm-and-sops',
  'clusters/embedded-engine',
  'bootstrap',
  'bad-input/deploy',
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
