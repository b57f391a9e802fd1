/** How Flux's image automation finds the values that it may set in one app's files. */
export interface TagMarks {
  /** The tag that the file is rendered with. */
  readonly tag: string;
  /** `flux-system:trades-prod`: of the ImagePolicy. */
  readonly policy: string;
}

/** Stands for a tag where a file is rendered to find the places that the tag gets to. */
export const placeholderTag = '0.0.0-placeholder.0';

/**
 * Marks the lines that change with an image's tag, so that Flux can set them.
 *
 * @param body        Rendered with the tag.
 * @param placeholder The same with {@link placeholderTag}.
 * @returns The marked text; or the line, from 1, that changes in another way than by one whole value.
 * @see {@link https://fluxcd.io/flux/guides/image-update/#configure-image-update-for-custom-resources}
 */
export function markTags(body: string, placeholder: string, { tag, policy }: TagMarks): string | number {
  const [lines, others] = [body.split('\n'), placeholder.split('\n')];
  const marked: string[] = [];
  for (const [index, line] of lines.entries()) {
    if (line === others[index]) {
      marked.push(line);
      continue;
    }
    const whole = line.endsWith(` ${JSON.stringify(tag)}`);
    if (!whole || lines.length !== others.length) return index + 1;
    marked.push(`${line} ${tagMarker(policy)}`);
  }
  return marked.join('\n');
}

/** What people write behind a tag in values, and rendering in overlays. */
export function tagMarker(policy: string): string {
  return `# {"$imagepolicy": "${policy}:tag"}`;
}

const markedValue = /^(.* )"[^"\n]*"( # \{"\$imagepolicy": "[^"\n]*"\})$/gm;

/** A rendered text as it is whatever Flux sets: with nothing in the marked values. */
export function withoutTags(body: string): string {
  return body.includes('# {"$imagepolicy": ') ? body.replace(markedValue, '$1""$2') : body; // hardly any has one
}
