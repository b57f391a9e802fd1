import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { tagOf } from '../images/tag-policy.ts';
import type { Handle } from './outcome.ts';

interface Flags {
  readonly env: string;
  readonly platform: readonly string[];
  readonly tag?: string;
  readonly pre?: string;
  readonly context?: string;
  readonly licenses?: string;
  readonly dryRun: boolean;
}

const examples = `Examples:
  platform image build trades                                             its demo, as dev runs it
  platform image build trades --context ../trades --tag 0.1.5 --pre beta  your own source
`;

const platforms = (text: string): string[] => {
  const named = text.split(',');
  if (named.every((each) => /^[a-z0-9]+\/[a-z0-9]+(\/v[0-9]+)?$/.test(each))) return named;
  throw new InvalidArgumentError('Platforms are named like linux/amd64,linux/arm64.');
};

export function buildImageCommand(handle: Handle): Command {
  return new Command('build')
    .description("Build an app's demo, or your own source, into Docker's store, with all OCI labels")
    .argument('<app>', 'a folder under templates/apps/, e.g. trades')
    .option('--env <environment>', 'whose values name the repository', 'dev')
    .option('--tag <version>', 'e.g. 0.1.5; without it the demo gets the tag that rendering gives it')
    .option(
      '--pre <word>',
      'a build before that version: 0.1.5-<word>.<yyyymmdd>; dev for one that stays here',
    )
    .option('--context <folder>', 'the folder of a Dockerfile; by default apps/<app>/demo')
    .option('--platform <list>', 'e.g. linux/amd64,linux/arm64; by default that of Docker', platforms, [])
    .option('--licenses <expression>', 'SPDX expression for the label; by default that of package.json')
    .option('--dry-run', 'only print what would be built', false)
    .addHelpText('before', examples)
    .action(
      handle('ImageBuild', async (deps, app: string, { env, platform, context, dryRun, ...wish }: Flags) => {
        const { planImage } = await import('../images/plan-image.ts');
        const { buildImage } = await import('../images/build-image.ts');
        const { runSteps } = await import('../lifecycle/steps.ts');
        const folder = context === undefined ? {} : { context: resolve(context) };
        const plan = await planImage(deps, app, {
          ...wish,
          ...folder,
          environment: env,
          platforms: platform,
        });
        const { image, labels } = plan;
        const built: { how?: Awaited<ReturnType<typeof buildImage>> } = {};
        const run = async (say: (detail: string) => void): Promise<'done'> => {
          built.how = await buildImage(deps, plan, say);
          return 'done';
        };
        if (!dryRun) await runSteps(deps, [{ title: `build ${image}`, run }]);
        const use = wish.tag === undefined ? `load ${app}` : `push ${app} --tag ${tagOf(image)}`;
        return {
          data: { app, image, platforms: platform, labels, built: !dryRun, ...built.how },
          text: image,
          next: dryRun ? [] : [`platform image ${use} --env ${env}`],
        };
      }),
    );
}
