import { Command } from 'commander';
import type { ClusterChange } from './change-cluster.ts';
import { confirmByName } from './confirm.ts';
import type { Handle } from './outcome.ts';

interface Flags {
  readonly client?: string;
  readonly confirm?: string;
  readonly purge: boolean;
  readonly allowProtected: boolean;
  readonly dryRun: boolean;
}

export function deleteCommand(handle: Handle): Command {
  return new Command('delete')
    .description('Delete a cluster; the repository that it followed, and its keys, stay')
    .argument('<environment>', 'a folder under clusters/, e.g. dev')
    .option('--client <name>', 'of a cluster that was made while platform.yaml named this client')
    .option('--confirm <name>', 'the name of the environment: asks nothing')
    .option('--purge', 'also remove its repository and its age key', false)
    .option('--allow-protected', 'also where values say protected: true, or cannot be read', false)
    .option('--dry-run', 'only print the steps', false)
    .addHelpText(
      'before',
      `Examples:
  platform delete dev                         asks for the name first
  platform delete dev --confirm=dev --purge   in a script, with its repository and key
`,
    )
    .action(
      handle('DeleteResult', async (deps, name: string, flags: Flags) => {
        const { deleteSteps, describeDeleted, describeDeletion } =
          await import('../lifecycle/delete-cluster.ts');
        const { environmentToEnd, openClusterToEnd } = await import('../lifecycle/cluster-to-end.ts');
        const { earlierWarnings } = await import('../lifecycle/earlier-client.ts');
        const { requireUnprotected } = await import('../lifecycle/protection.ts');
        const { changeCluster } = await import('./change-cluster.ts');
        const plan = async (): Promise<ClusterChange> => {
          const cluster = await openClusterToEnd(deps, name, flags.client);
          const { client } = cluster.environment;
          const earlier =
            cluster.engineStatus.state === 'absent' ? await earlierWarnings(deps, client, name) : [];
          const stays: string[] = [];
          const steps = deleteSteps(deps, cluster, flags.purge, stays);
          if (!flags.dryRun && (cluster.engineStatus.state !== 'absent' || flags.purge)) {
            requireUnprotected(cluster.environment, flags.allowProtected);
            const consequences = describeDeletion(cluster, flags.purge);
            await confirmByName(deps.terminal, {
              command: 'delete',
              name,
              given: flags.confirm,
              consequences,
              flags: flags.client === undefined ? '' : ` --client ${client}`,
            });
          }
          return {
            steps,
            tell: (changed) => ({
              data: { environment: name, changed, purged: flags.purge },
              text: describeDeleted(cluster, changed),
              warnings: [...stays, ...earlier],
              next: cluster.environment.trouble ? [] : [`platform bootstrap ${name}`],
            }),
          };
        };
        return changeCluster(deps, name, flags.dryRun, plan, async () =>
          environmentToEnd(deps, name, flags.client),
        );
      }),
    );
}
