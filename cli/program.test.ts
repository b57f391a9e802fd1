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
  '$path --help begins with two examples of it',
  ({ path, command }) => {
    const [title, first = '', second = '', empty, usage] = helpOf(command).split('\n');

    expect([title, empty]).toEqual(['Examples:', '']);
    for (const example of [first, second]) expect(example.startsWith(`  ${path}`), example).toBe(true);
    expect(usage).toMatch(`Usage: ${path}`);
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
