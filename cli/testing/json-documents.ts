import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { repositoryRoot } from './repository-root.ts';

const folder = join(repositoryRoot, 'docs/json');

/** The kinds that docs/json describes. */
export function documentedKinds(): string[] {
  return readdirSync(folder)
    .map((name) => name.replace('.schema.json', ''))
    .filter((name) => name !== 'document')
    .sort();
}

/**
 * Holds what a command printed with --json against the schema of its kind.
 *
 * @param printed The whole of standard output, or the document in it.
 * @returns One line for each thing that is wrong; empty when it is as documented.
 */
export function documentProblems(printed: unknown): string[] {
  const document: unknown = typeof printed === 'string' ? JSON.parse(printed) : printed;
  const { kind } = document as { kind?: unknown };
  if (typeof kind !== 'string' || !documentedKinds().includes(kind))
    return [`no schema of kind ${String(kind)}`];
  const ajv = new Ajv2020({ allErrors: true, strictTypes: false, strictRequired: false });
  for (const name of new Set(['document', 'Status', kind])) {
    const file = join(folder, `${name}.schema.json`);
    ajv.addSchema(JSON.parse(readFileSync(file, 'utf8')) as object);
  }
  const validate = ajv.getSchema(`${kind}.schema.json`);
  if (!validate) return [`the schema of ${kind} has another $id`];
  if (validate(document) === true) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) =>
      `${instancePath || '/'} ${message ?? ''} ${JSON.stringify(params)}`,
  );
}
