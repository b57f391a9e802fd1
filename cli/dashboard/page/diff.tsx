import type { Mark, ObjectChange } from '../../publish/diff-builds.ts';
import { useAnswer } from './answer.ts';
import { Empty, ObjectLink, Section, Trouble } from './parts.tsx';
import { adjust, route } from './route.ts';
import { meta } from './store.ts';

const markWords: Readonly<Record<Mark, string>> = {
  prune: 'Flux deletes it',
  kept: 'leaves git, stays in the cluster',
  immutable: 'cannot be changed in place',
  'job-rerun': 'the Job runs again',
  'replicas-0': 'nothing runs any more',
  image: 'another image',
};
const risky: readonly Mark[] = ['prune', 'immutable', 'replicas-0'];

/** What the next commit does to the objects of this environment. */
export function DiffView() {
  const mayDryRun = meta.value?.answers.includes('drift') === true;
  const wanted = route.value.more['base'];
  const base = wanted === 'applied' || (wanted === 'live' && mayDryRun) ? wanted : 'HEAD';
  const { value, error, pending, again } = useAnswer<{
    changes: readonly ObjectChange[];
    notes?: readonly string[];
  }>(base === 'live' ? '/api/drift' : `/api/diff?base=${base}`);
  const changes = value?.changes ?? [];
  const groups = [...new Set(changes.map(({ kustomization }) => kustomization))];
  return (
    <>
      <div class="bar">
        <label>
          The working tree against{' '}
          <select
            value={base}
            onChange={({ currentTarget }) => adjust({ more: { base: currentTarget.value } })}
          >
            <option value="HEAD">the last commit (what the next one changes)</option>
            <option value="applied">what the cluster has applied</option>
            {mayDryRun ? (
              <option value="live">what is in the cluster, by dry-run: changes by hand as well</option>
            ) : null}
          </select>
        </label>
        <button type="button" disabled={pending} onClick={again}>
          {pending ? 'Rendering …' : 'Render again'}
        </button>
      </div>
      <Trouble error={error} />
      {value?.notes && value.notes.length > 0 ? (
        <ul class="plain dim">
          {value.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      ) : null}
      {value && changes.length === 0 ? <Empty>Nothing changes.</Empty> : null}
      {pending && !value ? <Empty>Rendering and building both sides …</Empty> : null}
      {groups.map((name) => (
        <Section key={name} title={name} count={changes.filter((each) => each.kustomization === name).length}>
          <ul class="changes">
            {changes
              .filter((each) => each.kustomization === name)
              .map((change) => (
                <Change key={idOf(change)} change={change} />
              ))}
          </ul>
        </Section>
      ))}
    </>
  );
}

function idOf({ ref: { kind, namespace = '', name } }: ObjectChange): string {
  return [kind, namespace, name].filter((part) => part !== '').join('/');
}

const words = { create: '+ new', update: '~ changed', prune: '− removed' } as const;

function Change({ change }: { readonly change: ObjectChange }) {
  const { fields, marks, restarts = [], nextStart = [] } = change;
  return (
    <li>
      <div>
        <span class={`change ${change.change}`}>{words[change.change]}</span> <ObjectLink id={idOf(change)} />
        {marks.map((mark) => (
          <span key={mark} class={risky.includes(mark) ? 'tag risky' : 'tag'}>
            {markWords[mark]}
          </span>
        ))}
      </div>
      {fields.map(({ path, before, after }) => (
        <div key={path} class="field">
          <code>{path}</code>
          <del>{before === undefined ? '' : JSON.stringify(before)}</del>
          <ins>{after === undefined ? '' : JSON.stringify(after)}</ins>
        </div>
      ))}
      {restarts.length > 0 ? <div class="dim">Reloader restarts {restarts.join(', ')}</div> : null}
      {nextStart.map((name) => (
        <div key={name} class="dim">
          {name} gets it when its pods start next (Reloader is not enabled)
        </div>
      ))}
    </li>
  );
}
