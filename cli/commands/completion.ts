import { Argument, Command } from 'commander';
import type { Handle } from './outcome.ts';

/** @param list Gives the finished program, whose commands and flags the script offers. */
export function completionCommand(handle: Handle, list: () => Command): Command {
  return new Command('completion')
    .description(
      'Print a completion script for your shell; it looks at folder names only and never starts Node',
    )
    .addArgument(new Argument('<shell>', 'your shell').choices(['bash', 'zsh', 'fish']))
    .addHelpText(
      'before',
      `Examples:
  platform completion bash > ~/.local/share/bash-completion/completions/platform
  platform completion fish > ~/.config/fish/completions/platform.fish
`,
    )
    .action(
      handle('Completion', async (_deps, shell: 'bash' | 'zsh' | 'fish') => {
        const { completionScript } = await import('./completion-script.ts');
        const script = completionScript(shell, describeCommands(list()));
        return { data: { shell, script }, text: script };
      }),
    );
}

/** What a completion script needs to know of one command. */
export interface CommandWords {
  readonly name: string;
  readonly description: string;
  /** Long flags, its own and those of nested commands: `--dry-run`. */
  readonly flags: readonly string[];
  /** Nested commands, `new` of `app`, and what else can only be one of a few words: `bash` of `completion`. */
  readonly children: readonly string[];
  /** What its arguments name. */
  readonly completes: 'environments' | 'environments-and-apps' | 'nothing';
}

function describeCommands(program: Command): CommandWords[] {
  return program.commands.map((command) => {
    const family = [command, ...command.commands]; // one level of nesting is all there is
    const arguments_ = family.flatMap(({ registeredArguments }) => registeredArguments);
    const names = arguments_.map((argument) => argument.name());
    const environments = names.includes('environment');
    return {
      name: command.name(),
      description: command.description(),
      flags: [
        ...new Set(
          family.flatMap(({ options }) =>
            options.flatMap(({ long }) => (typeof long === 'string' ? [long] : [])),
          ),
        ),
      ],
      children: [
        ...command.commands.map((child) => child.name()),
        ...arguments_.flatMap(({ argChoices }) => argChoices ?? []),
      ],
      completes: environments
        ? names.includes('app')
          ? 'environments-and-apps'
          : 'environments'
        : 'nothing',
    };
  });
}
