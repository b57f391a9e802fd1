import type { Command } from 'commander';
import { expect, it } from 'vitest';
import { createHandle } from './commands/handle.ts';
import { createProgram } from './program.ts';

const program = createProgram(
  createHandle({ env: {}, directory: '/', home: '/' }, () => undefined),
  '0.1.0',
);

function withChildren(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withChildren)];
}

function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}

function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (part) => void (text += part), getOutHelpWidth: () => 80 });
  command.outputHelp();
  return text;
}

it.each(withChildren(program).map((command) => ({ path: pathOf(command), command })))(
  '$path --help begins with examples of it, two at least',
  ({ path, command }) => {
    const [examples = '', rest] = helpOf(command).split('\n\n');
    const [title, ...lines] = examples.split('\n');

    expect(title).toBe('Examples:');
    expect(lines.length).toBeGreaterThanOrEqual(2);
    for (const example of lines) expect(example.startsWith(`  ${path}`), example).toBe(true);
    expect(rest).toMatch(`Usage: ${path}`);
  },
);

it('has a description for every command, argument and option', () => {
  for (const command of withChildren(program)) {
    expect(command.description(), pathOf(command)).not.toBe('');
    for (const { description } of command.registeredArguments)
      expect(description, pathOf(command)).not.toBe('');
    for (const { description, flags } of command.options)
      expect(description, `${pathOf(command)} ${flags}`).not.toBe('');
  }
});
