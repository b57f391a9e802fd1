import type { Command } from 'commander';

/** docs/commands.md: every command with its arguments and flags, from the program itself. */
export function commandReference(program: Command): string {
  const lines = ['# Commands', '', 'Every command takes these:', '', ...optionRows(program), ''];
  for (const command of program.commands) lines.push(...describe(command, 'platform'));
  return `${lines.join('\n').trimEnd()}\n`;
}

function describe(command: Command, prefix: string): string[] {
  const name = `${prefix} ${command.name()}`;
  const children = command.commands.flatMap((child) => describe(child, name));
  const rows = optionRows(command);
  const used = command.registeredArguments.map((argument) => {
    const text = `${argument.name()}${argument.variadic ? '...' : ''}`;
    return argument.required ? `<${text}>` : `[${text}]`;
  });
  return [
    `## ${name}`,
    '',
    `${command.description()}.`.replace(/\.\.$/, '.'),
    '',
    '```',
    [name, ...used, ...(rows.length > 0 ? ['[options]'] : [])].join(' '),
    '```',
    '',
    ...command.registeredArguments.map((argument) => `- \`${argument.name()}\`: ${argument.description}`),
    ...(command.registeredArguments.length > 0 ? [''] : []),
    ...rows,
    ...(rows.length > 0 ? [''] : []),
    ...children,
  ];
}

function optionRows(command: Command): string[] {
  const options = command.options.filter(({ hidden }) => !hidden);
  if (options.length === 0) return [];
  return [
    '| option | meaning |',
    '| --- | --- |',
    ...options.map(({ flags, description, defaultValue, defaultValueDescription, argChoices }) => {
      const choices = argChoices ? ` (${argChoices.join(', ')})` : '';
      const value =
        defaultValueDescription ??
        (defaultValue === false || defaultValue === undefined ? '' : String(defaultValue));
      return `| \`${flags}\` | ${description}${choices}${value === '' ? '' : `; default \`${value}\``} |`;
    }),
  ];
}
