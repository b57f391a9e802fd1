import { formatRef, type KubeObject } from '../ports/kube.ts';
import { compareText } from '../values/compare-text.ts';
import { numberAt, textAt } from './fields.ts';
import type { EventLine } from './model-parts.ts';

/** The events of a cluster, newest first. */
export function buildEvents(objects: readonly KubeObject[]): EventLine[] {
  return objects
    .filter(({ kind }) => kind === 'Event')
    .map((event): EventLine => ({
      at: timeOfEvent(event),
      about: aboutOf(event),
      warning: event['type'] === 'Warning',
      reason: textAt(event, 'reason'),
      message: messageOfEvent(event),
      count: numberAt(event, 'series', 'count') ?? numberAt(event, 'count') ?? 1,
      from: textAt(event, 'source', 'component') || textAt(event, 'reportingComponent'),
    }))
    .sort((a, b) => compareText(b.at, a.at));
}

/** The id of the object that an event is about. */
export function aboutOf(event: KubeObject): string {
  return formatRef({
    apiVersion: '',
    kind: textAt(event, 'involvedObject', 'kind'),
    namespace: textAt(event, 'involvedObject', 'namespace'),
    name: textAt(event, 'involvedObject', 'name'),
  });
}

/** ISO 8601, of the last time; the API has four fields for it, by who wrote the event. */
export function timeOfEvent(event: KubeObject): string {
  const times = [
    textAt(event, 'series', 'lastObservedTime'),
    textAt(event, 'lastTimestamp'),
    textAt(event, 'eventTime'),
    event.metadata.creationTimestamp ?? '',
  ];
  return times.find((time) => time !== '') ?? '';
}

export function messageOfEvent(event: KubeObject): string {
  return textAt(event, 'message')
    .replace(/^\(combined from similar events\): /, '')
    .trim();
}
