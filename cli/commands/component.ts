import { Command } from 'commander';
import type { Deps } from '../ports/deps.ts';
import type { ComponentState, ComponentSwitch } from '../scaffold/switch-component.ts';
import type { Handle } from './outcome.ts';

interface Flags {
  readonly dryRun: boolean;
}

const examples = `Examples:
  platform component list dev                    what there is, and what is on
  platform component enable metrics-server dev   in its values; deploy it then
`;

const componentName = 'a folder of templates/infrastructure/controllers, e.g. metrics-server';
const environmentName = 'a folder under clusters/, e.g. dev';

export function componentCommand(handle: Handle): Command {
  return new Command('component')
    .description('Components of the infrastructure, which an environment has or not')
    .addHelpText('before', examples)
    .addCommand(listCommand(handle))
    .addCommand(enableCommand(handle))
    .addCommand(disableCommand(handle));
}

function listCommand(handle: Handle): Command {
  return new Command('list')
    .description('Show all components: what they are, which are on, and which apps need them')
    .argument('<environment>', environmentName)
    .addHelpText(
      'before',
      `Examples:
  platform component list dev    what there is, what is on, and which apps need it
  platform component list prod   the same of another environment
`,
    )
    .action(
      handle('ComponentList', async (deps, environment: string) => {
        const { listComponentsOf } = await import('../scaffold/switch-component.ts');
        const { formatTable } = await import('../toolchain/format-table.ts');
        const components = await listComponentsOf(deps, environment);
        return {
          data: { environment, components },
          text: formatTable(
            components.map(({ name, state, description, usedBy }) => {
              const users = usedBy.length === 0 ? '' : ` (used by ${usedBy.join(', ')})`;
              return [name, state.padEnd(8), `${description}${users}`];
            }),
            { columns: deps.terminal.outColumns, from: 2 },
          ),
        };
      }),
    );
}

function enableCommand(handle: Handle): Command {
  return new Command('enable')
    .description('Switch a component on in the values of an environment')
    .argument('<component>', componentName)
    .argument('<environment>', environmentName)
    .option('--provided', 'the cluster has it already: install nothing, and let apps use it', false)
    .option('--dry-run', 'only print the change', false)
    .addHelpText(
      'before',
      `Examples:
  platform component enable metrics-server dev               Flux installs it with the next deploy
  platform component enable metrics-server prod --provided   the cluster has it already
`,
    )
    .action(
      handle<[string, string, Flags & { readonly provided: boolean }]>(
        'ComponentSwitch',
        async (deps, name, environment, { provided, dryRun }) => {
          const { switchComponent } = await import('../scaffold/switch-component.ts');
          const to: ComponentState = provided ? 'provided' : 'enabled';
          const change = await switchComponent(deps, environment, name, to, dryRun);
          return outcome(await withRemoval(deps, change), dryRun);
        },
      ),
    );
}

function disableCommand(handle: Handle): Command {
  return new Command('disable')
    .description('Switch a component off in the values of an environment')
    .argument('<component>', componentName)
    .argument('<environment>', environmentName)
    .option('--dry-run', 'only print the change', false)
    .addHelpText(
      'before',
      `Examples:
  platform component disable metrics-server dev             refused while an app needs it
  platform component disable metrics-server dev --dry-run   only print the change
`,
    )
    .action(
      handle('ComponentSwitch', async (deps, name: string, environment: string, { dryRun }: Flags) => {
        const { switchComponent } = await import('../scaffold/switch-component.ts');
        const change = await switchComponent(deps, environment, name, 'off', dryRun);
        return outcome(await withRemoval(deps, change), dryRun);
      }),
    );
}

/** With what leaves the cluster, where Flux brought it. */
async function withRemoval(deps: Deps, change: ComponentSwitch): Promise<ComponentSwitch> {
  const { environment: name, component, from, to, notes } = change;
  if (from === to || from === 'off' || to === 'enabled') return change;
  const { warnOfRemoval } = await import('../lifecycle/component-removal.ts');
  const { loadEnvironment } = await import('../values/load-environment.ts');
  const environment = await loadEnvironment(deps, name);
  return { ...change, notes: [...notes, ...(await warnOfRemoval(deps, environment, component, from))] };
}

function outcome(change: ComponentSwitch, dryRun: boolean) {
  const { environment, component, from, to, file, notes } = change;
  const same = from === to;
  return {
    data: { ...change, written: !same && !dryRun },
    text: same
      ? `${component} is ${to} in ${environment} already`
      : `${file}: ${component}: ${from} -> ${to}`,
    warnings: notes,
    next:
      same || dryRun
        ? []
        : [
            `platform render ${environment}`,
            `platform diff ${environment}`,
            `platform deploy ${environment} -m "${to === 'off' ? 'Without' : 'With'} ${component}"`,
          ],
  };
}
