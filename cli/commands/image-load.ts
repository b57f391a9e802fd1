import { Command } from 'commander';
import type { Handle } from './outcome.ts';

interface Flags {
  readonly env: string;
  readonly tag?: string;
  readonly dryRun: boolean;
}

const examples = `Examples:
  platform image load trades                what dev runs, from Docker to its nodes
  platform image load trades --tag 0.1.5    another one
`;

export function loadImageCommand(handle: Handle): Command {
  return new Command('load')
    .description("Copy an app's image from Docker's store to the nodes of a kind cluster")
    .argument('<app>', 'a folder under templates/apps/, e.g. trades')
    .option('--env <environment>', 'whose cluster, and whose values name the image', 'dev')
    .option('--tag <tag>', 'another one than that of the values')
    .option('--dry-run', 'only print what would be copied', false)
    .addHelpText('before', examples)
    .action(
      handle('ImageLoad', async (deps, app: string, { env, tag, dryRun }: Flags) => {
        const { kindClusterOf, loadImages } = await import('../images/load-images.ts');
        const { imageOf } = await import('../images/plan-image.ts');
        const { runSteps } = await import('../lifecycle/steps.ts');
        const { loadEnvironment } = await import('../values/load-environment.ts');
        const environment = await loadEnvironment(deps, env);
        const image = await imageOf(deps.root, environment, app, tag);
        const cluster = await kindClusterOf(deps, environment);
        const run = async (say: (detail: string) => void): Promise<'already' | 'done'> =>
          (await loadImages(deps, cluster, [image], say)).length === 0 ? 'already' : 'done';
        const copied = !dryRun && (await runSteps(deps, [{ title: `load ${image}`, run }]));
        return { data: { app, environment: env, image, cluster, copied }, text: image };
      }),
    );
}
