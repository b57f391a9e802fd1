import { Empty, ObjectLink, Table } from './parts.tsx';
import { summary } from './store.ts';

/** Every image that something asks for, by whom, and whether pods of it are ready. */
export function ImagesView() {
  const images = summary.value?.images ?? [];
  if (images.length === 0) return <Empty>Nothing asks for an image.</Empty>;
  return (
    <Table label="Images" head={['Image', 'Pods ready', 'Used by', 'Digest on the nodes']}>
      {images.map(({ image, pods, ready, usedBy, digests }) => (
        <tr key={image}>
          <td class="mono wrap">{image}</td>
          <td>
            {ready}/{pods}
          </td>
          <td>
            {usedBy.map((id, at) => (
              <span key={id}>
                {at === 0 ? '' : ', '}
                <ObjectLink id={id} />
              </span>
            ))}
          </td>
          <td class="mono">
            {digests.length === 0 ? '–' : digests.map((one) => one.slice(0, 19)).join(', ')}
          </td>
        </tr>
      ))}
    </Table>
  );
}
