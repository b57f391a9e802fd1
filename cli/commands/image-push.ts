import { Command } from 'commander';
import { tagOf } from '../images/tag-policy.ts';
import type { Handle } from './outcome.ts';

interface Flags {
  readonly env: string;
  readonly tag?: string;
  readonly dryRun: boolean;
}

const examples = `Examples:
  platform image push trades --tag 0.1.5   to <registry>/trades, with the registry of platform.yaml
  platform image push trades --env prod    what prod runs
`;

export function pushImageCommand(handle: Handle): Command {
  return new Command('push')
    .description("Push an app's image from Docker's store to its registry; log in with docker login")
    .argument('<app>', 'a folder under templates/apps/, e.g. trades')
    .option('--env <environment>', 'whose values name the image', 'dev')
    .option('--tag <tag>', 'another one than that of the values')
    .option('--dry-run', 'only print what would be pushed', false)
    .addHelpText('before', examples)
    .action(
      handle('ImagePush', async (deps, app: string, { env, tag, dryRun }: Flags) => {
        const { imageOf } = await import('../images/plan-image.ts');
        const { pushImage } = await import('../images/push-image.ts');
        const { runSteps } = await import('../lifecycle/steps.ts');
        const { loadEnvironment } = await import('../values/load-environment.ts');
        const image = await imageOf(deps.root, await loadEnvironment(deps, env), app, tag);
        const pushed: { digest?: string | undefined } = {};
        const run = async (): Promise<'done'> => {
          pushed.digest = await pushImage(deps, app, image);
          return 'done';
        };
        if (!dryRun) await runSteps(deps, [{ title: `push ${image}`, run }]);
        return {
          data: { app, image, pushed: !dryRun, digest: pushed.digest },
          text: pushed.digest === undefined ? image : `${image}@${pushed.digest}`,
          next: dryRun ? [] : [`platform image bump ${app} ${env} ${tagOf(image)}`],
        };
      }),
    );
}
