import { join } from 'node:path';
import { readText } from '../ports/files.ts';
import { loadApp } from './apps.ts';
import type { AppValues, Environment } from './environment.ts';
import type { Problem } from './rules.ts';

/** Whether Flux updates the image of an app. */
export function isAutomated(app: AppValues | undefined): boolean {
  return app?.enabled === true && app.image?.automation === true;
}

/** Of the ImagePolicy that chooses an app's tag, as markers name it. */
export function policyOf(app: string, environment: string): string {
  return `flux-system:${app}-${environment}`;
}

/** Where Flux cannot update an image that it is to update, and why. */
export async function automationProblems(root: string, environment: Environment): Promise<Problem[]> {
  const automated = Object.entries(environment.values.apps).filter(([, app]) => isAutomated(app));
  const problems = await Promise.all(
    automated.map(async ([app, values]) => problemOf(root, environment, app, values)),
  );
  return problems.flatMap((problem) => problem ?? []);
}

async function problemOf(
  root: string,
  environment: Environment,
  app: string,
  { image }: AppValues,
): Promise<Problem | undefined> {
  const at = ['apps', app, 'image'];
  const key = `apps.${app}.image.automation`;
  const problem = (message: string, hint: string): Problem => ({
    path: [...at, 'automation'],
    message: `${key} is true, and ${message}`,
    hint,
  });
  const { values, git, name } = environment;
  if (git.remote === undefined) {
    return problem(
      'platform.yaml names no git.remote: Flux commits to a repository that it can push to',
      `Write git.remote into platform.yaml, or remove ${key}`,
    );
  }
  if (values.engine !== 'existing') {
    return problem(
      `engine is ${values.engine}: Flux's two image controllers come as images with its official artifact, which only the engine existing uses; they cannot be built here`,
      `Remove ${key}; there: platform image bump ${app} ${name} --latest`,
    );
  }
  if ((await loadApp(root, app)).kind === 'job') {
    return problem(
      `${app} is a job: another image would run it again`,
      `Remove ${key}, and change its image by: platform image bump ${app} ${name} --latest`,
    );
  }
  const { isRange } = await import('./image-range.ts'); // semver: for every command, else
  if (image?.range !== undefined && !isRange(image.range)) {
    return {
      path: [...at, 'range'],
      message: `apps.${app}.image.range is ${JSON.stringify(image.range)}; it must be a range of versions such as ~1.2.0`,
    };
  }
  const file = `clusters/${name}/values.yaml`;
  const marker = `# {"$imagepolicy": "${policyOf(app, name)}:tag"}`;
  const place = environment.placeOf([...at, 'tag']);
  const line =
    place?.file === file
      ? (await readText(join(root, file))).split(/\r?\n/)[(place.line ?? 0) - 1]
      : undefined;
  if (line !== undefined && /^\s*tag: /.test(line) && line.trimEnd().endsWith(` ${marker}`)) return undefined;
  return {
    path: [...at, 'tag'],
    against: [...at, 'automation'],
    message: `the line of apps.${app}.image.tag in ${file} does not end in the marker by which Flux finds it`,
    hint: `Write it on a line of its own: tag: ${image?.tag ?? '0.1.0'} ${marker}`,
  };
}
