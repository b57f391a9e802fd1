import { Age, Empty, ObjectLink, Table } from './parts.tsx';
import { StateBadge } from './state-badge.tsx';
import { now, summary } from './store.ts';

/** Secrets by name: which keys they have, who needs them, and whether what makes them works. Values are never read. */
export function SecretsView() {
  const secrets = summary.value?.secrets ?? [];
  if (secrets.length === 0) return <Empty>Nothing needs a Secret.</Empty>;
  return (
    <Table label="Secrets" head={['Secret', 'There', 'Keys', 'Age', 'Needed by', 'Made by']}>
      {secrets.map(({ id, present, keys, ageSeconds, usedBy, external }) => (
        <tr key={id}>
          <td>
            <ObjectLink id={id} />
          </td>
          <td>
            {present === undefined ? (
              'not allowed to look'
            ) : present ? (
              'yes'
            ) : (
              <strong class="bad">no</strong>
            )}
          </td>
          <td class="mono wrap">{keys.join(', ') || '–'}</td>
          <td>
            <Age since={ageSeconds === undefined ? undefined : now.value - ageSeconds * 1000} />
          </td>
          <td>
            {usedBy.map((user, at) => (
              <span key={user}>
                {at === 0 ? '' : ', '}
                <ObjectLink id={user} />
              </span>
            ))}
          </td>
          <td>
            {external ? (
              <>
                <StateBadge state={external.state} /> <ObjectLink id={external.id} /> from {external.store}
              </>
            ) : (
              '–'
            )}
          </td>
        </tr>
      ))}
    </Table>
  );
}
