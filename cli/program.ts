import { Command } from 'commander';
import { appCommand } from './commands/app.ts';
import { backfillCommand } from './commands/backfill.ts';
import { bootstrapCommand } from './commands/bootstrap.ts';
import { buildCommand } from './commands/build.ts';
import { completionCommand } from './commands/completion.ts';
import { componentCommand } from './commands/component.ts';
import { dashboardCommand } from './commands/dashboard.ts';
import { deleteCommand } from './commands/delete.ts';
import { deployCommand } from './commands/deploy.ts';
import { diffCommand } from './commands/diff.ts';
import { doctorCommand } from './commands/doctor.ts';
import { envCommand } from './commands/env.ts';
import { eventsCommand } from './commands/events.ts';
import { explainCommand } from './commands/explain.ts';
import { fluxCommand } from './commands/flux.ts';
import { imageCommand } from './commands/image.ts';
import { loadtestCommand } from './commands/loadtest.ts';
import { logsCommand } from './commands/logs.ts';
import { matrixCommand } from './commands/matrix.ts';
import { nukeAndRebuildCommand } from './commands/nuke-and-rebuild.ts';
import { openCommand } from './commands/open.ts';
import { orderCommand } from './commands/order.ts';
import type { Handle } from './commands/outcome.ts';
import { reconcileCommand } from './commands/reconcile.ts';
import { renderCommand } from './commands/render.ts';
import { resumeCommand } from './commands/resume.ts';
import { secretsCommand } from './commands/secrets.ts';
import { shellCommand } from './commands/shell.ts';
import { startCommand } from './commands/start.ts';
import { statusCommand } from './commands/status.ts';
import { stopCommand } from './commands/stop.ts';
import { suspendCommand } from './commands/suspend.ts';
import { toolsCommand } from './commands/tools.ts';
import { treeCommand } from './commands/tree.ts';
import { upgradeCommand } from './commands/upgrade.ts';
import { validateCommand } from './commands/validate.ts';
import { whyCommand } from './commands/why.ts';

const examples = `Examples:
  platform bootstrap dev               a cluster from this clone, with everything in it
  platform deploy dev -m "more pods"   render, validate, commit, push, wait until it runs
`;

/** The list of commands; nothing runs here. */
export function createProgram(handle: Handle, version: string): Command {
  const program = new Command('platform')
    .description(
      'A GitOps platform: one values file per environment, rendered, committed, kept applied by Flux.',
    )
    .version(version, '-V, --version', 'print the version')
    .option('-C <dir>', 'work as if started in <dir>')
    .option('--json', 'print one JSON document instead of text')
    .option('--verbose', 'show the causes of an error')
    .option('--no-color', 'no colours (NO_COLOR does the same)')
    .addHelpText('before', examples)
    .exitOverride()
    .configureOutput({ outputError: () => undefined }); // main.ts presents it
  const groups: Record<string, Command[]> = {
    'A cluster:': [
      bootstrapCommand(handle),
      statusCommand(handle),
      whyCommand(handle),
      treeCommand(handle),
      orderCommand(handle),
      eventsCommand(handle),
      explainCommand(handle),
      logsCommand(handle),
      dashboardCommand(handle),
      openCommand(handle),
      shellCommand(handle),
      loadtestCommand(handle),
      reconcileCommand(handle),
      suspendCommand(handle),
      resumeCommand(handle),
      startCommand(handle),
      stopCommand(handle),
      deleteCommand(handle),
      nukeAndRebuildCommand(handle),
      fluxCommand(handle),
      upgradeCommand(handle),
    ],
    'From values to manifests:': [
      renderCommand(handle),
      buildCommand(handle),
      validateCommand(handle),
      diffCommand(handle),
      matrixCommand(handle),
      deployCommand(handle),
      backfillCommand(handle),
      appCommand(handle),
      componentCommand(handle),
      envCommand(handle),
      imageCommand(handle),
      secretsCommand(handle),
    ],
    'This machine:': [doctorCommand(handle), toolsCommand(handle), completionCommand(handle, () => program)],
  };
  for (const [title, commands] of Object.entries(groups)) {
    for (const command of commands) program.addCommand(command.helpGroup(title));
  }
  inheritSettings(program);
  return program;
}

/** `addCommand` copies nothing: without this a wrong flag of a subcommand would end the process by itself. */
function inheritSettings(parent: Command): void {
  for (const command of parent.commands) {
    command.copyInheritedSettings(parent);
    inheritSettings(command);
  }
}
