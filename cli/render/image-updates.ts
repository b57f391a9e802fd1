import type { Environment } from '../values/environment.ts';
import { isAutomated } from '../values/image-automation.ts';
import { defaultRange } from '../values/image-range.ts';
import type { JsonSchema } from '../values/schema.ts';
import type { Plain } from '../values/tree.ts';

const text: JsonSchema = { type: 'string' };
const list = (properties: Readonly<Record<string, JsonSchema>>): JsonSchema => ({
  type: 'array',
  items: { type: 'object', properties },
});

/** What the templates of templates/clusters/images may mention beside the others, as `updates`. */
export const imageUpdatesSchema: JsonSchema = {
  type: 'object',
  properties: {
    branch: text,
    message: text,
    images: list({ name: text, repository: text, range: text, pullSecrets: { type: 'array', items: text } }),
  },
};

/** What Flux commits: Go's template language, filled in by its image-automation-controller. */
const changes = '{{ range .Changed.Changes }}{{ .Setter }}: {{ .OldValue }} -> {{ .NewValue }}\n{{ end }}';

/** The images of one environment that Flux updates; undefined where there are none. */
export function imageUpdates({ name, git, values }: Environment): Plain | undefined {
  const images = Object.entries(values.apps).flatMap(([app, appValues]) => {
    const { image } = appValues;
    if (!image || !isAutomated(appValues)) return [];
    return {
      name: `${app}-${name}`,
      repository: image.repository,
      range: image.range ?? defaultRange(name),
      pullSecrets: image.pullSecret === undefined ? [] : [image.pullSecret],
    };
  });
  if (images.length === 0) return undefined;
  return { branch: git.branch, message: `${name}: run newer images\n\n${changes}`, images };
}
