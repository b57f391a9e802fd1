import { Command } from 'commander';
import { buildImageCommand } from './image-build.ts';
import { bumpImageCommand } from './image-bump.ts';
import { loadImageCommand } from './image-load.ts';
import { pushImageCommand } from './image-push.ts';
import type { Handle } from './outcome.ts';

const examples = `Examples:
  platform image build trades                                             its demo, as dev runs it
  platform image build trades --context ../trades --tag 0.1.5 --pre beta  your own source
`;

export function imageCommand(handle: Handle): Command {
  return new Command('image')
    .description('Images of the apps: build, copy to kind, push, and choose which one runs')
    .addHelpText('before', examples)
    .addCommand(buildImageCommand(handle))
    .addCommand(loadImageCommand(handle))
    .addCommand(pushImageCommand(handle))
    .addCommand(bumpImageCommand(handle));
}
