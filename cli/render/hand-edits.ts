import { PlatformError, type Detail, type Place } from '../errors/platform-error.ts';
import { bodyDigest, firstDifference, headerLines, readHeader } from './header.ts';
import { withoutTags } from './mark-tags.ts';

/**
 * Whether a person changed a rendered file, and where.
 *
 * @param found  What stands in the file.
 * @param wanted What rendering gives for it now; undefined where it gives nothing.
 * @returns undefined where the body is as it was rendered. Its line counts from 1 in the whole file.
 */
export function findEdit(path: string, found: string, wanted: string | undefined): Detail | undefined {
  if (/^[\s\0]*$/.test(found)) return undefined; // nothing is lost; a power cut leaves such files
  const parts = readHeader(found);
  if (!parts) {
    const message = 'the header of rendered files is missing: a person wrote the file, or changed the header';
    return { place: { file: path, line: 1 }, message };
  }
  if (bodyDigest(parts.body) === parts.header.body) return undefined;
  const rendered = wanted === undefined ? undefined : readHeader(wanted);
  const line = rendered && firstDifference(withoutTags(parts.body), withoutTags(rendered.body));
  const place: Place = line === undefined ? { file: path } : { file: path, line: line + headerLines };
  // With other inputs a line may differ for their sake, so the first one that differs is not surely the edited one.
  const sure = line === undefined || rendered?.header.inputs === parts.header.inputs;
  return {
    place,
    message: sure ? 'edited by hand' : 'edited by hand, here or below: values or template changed as well',
  };
}

export function handEdited(edits: readonly Detail[]): PlatformError {
  const [first] = edits;
  const file = first?.place?.file ?? '';
  const line = first?.place?.line === undefined ? '' : `, line ${String(first.place.line)}`;
  const others = edits.length > 1 ? ` (and ${String(edits.length - 1)} more)` : '';
  const environment = /^clusters\/([^/]+)\/|\/overlays\/([^/]+)\//.exec(file)?.slice(1).find(Boolean) ?? '';
  return new PlatformError(
    'RENDERED_FILE_EDITED',
    `${file}${line} was edited by hand${others}; rendering would lose it`,
    `Move the edit to values.yaml, the template or the base, then: platform render ${environment} --force`,
    { details: edits },
  );
}
