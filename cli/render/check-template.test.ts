import { describe, expect, it } from 'vitest';
import type { JsonSchema } from '../values/schema.ts';
import { checkTemplate } from './check-template.ts';

const context: JsonSchema = {
  properties: {
    name: { type: 'string', format: 'dns-label' },
    app: {
      type: 'object',
      properties: {
        replicas: { type: 'integer' },
        enabled: { type: 'boolean' },
        text: { type: 'string' },
        image: { type: 'object', properties: { tag: { type: 'string' } } },
        list: { type: 'array', items: { type: 'object', properties: { id: { type: 'string' } } } },
        map: { type: 'object', additionalProperties: { type: 'integer' } },
      },
    },
  },
};

function messages(text: string): string[] {
  return checkTemplate(text, 'a.njk', context).problems.map(
    ({ place, message }) => `${String(place?.line)}: ${message}`,
  );
}

describe('checkTemplate', () => {
  it.each([
    ['in output', 'a: #{ app.replica }#', '1: app.replica is not among the values; did you mean replicas?'],
    ['at the top', 'a: #{ apps.replicas }#', '1: apps is not among the values; did you mean app?'],
    [
      'in the condition of if',
      'a: 1\n#% if app.enable %#\nb: 1\n#% endif %#',
      '2: app.enable is not among the values; did you mean enabled?',
    ],
    [
      'in a branch of if',
      '#% if app.enabled %#\na: 1\n#% else %#\nb: #{ app.repl | dump }#\n#% endif %#',
      '4: app.repl is not among the values',
    ],
    [
      'in else if',
      '#% if app.enabled %#\na: 1\n#% elif app.tex %#\nb: 1\n#% endif %#',
      '3: app.tex is not among the values; did you mean text?',
    ],
    [
      'in the list of for',
      '#% for x in app.lists %#\n- 1\n#% endfor %#',
      '1: app.lists is not among the values; did you mean list?',
    ],
    [
      'in the body of for',
      '#% for x in app.list %#\n- #{ x.idd | dump }#\n#% endfor %#',
      '2: idd is not among the values; did you mean id?',
    ],
    [
      'after the loop that made it',
      '#% for x in app.list %#\n- 1\n#% endfor %#\n- #{ x | dump }#',
      '4: x is not among the values; known: name, app',
    ],
    [
      'in an inline if',
      'a: #{ (app.text if app.enabeld else name) | dump }#',
      '1: app.enabeld is not among the values; did you mean enabled?',
    ],
  ])('finds a misspelt name %s, with its line', (_, text, message) => {
    expect(messages(text)).toEqual([message]);
  });

  it.each([
    ['a map', 'a: #{ app.image }#', '1: a map is printed without | dump'],
    ['a list', 'a: #{ app.list }#', '1: a list is printed without | dump'],
    ['a text', 'a: #{ app.text }#', '1: a text is printed without | dump'],
    [
      'a label that is a whole word, which may be 1e5',
      'a: #{ name }#',
      '1: a text is printed without | dump',
    ],
    ['one text or the other', 'a: #{ app.text or name }#', '1: a text is printed without | dump'],
    ['what join makes', 'a: #{ app.list | join(",") }#', '1: a text is printed without | dump'],
  ])('refuses %s without | dump', (_, text, message) => {
    expect(messages(text)).toEqual([message]);
  });

  it.each([
    ['set', '#% set x = 1 %#', '1: templates hold only output, if and for; this is Set'],
    ['include', '#% include "b.njk" %#', '1: templates hold only output, if and for; this is Include'],
    [
      'a call',
      'a: #{ app.text.constructor("return 1")() | dump }#',
      '1: FunCall is not allowed in an expression: compute it in the values instead',
    ],
    ['another filter', 'a: #{ app.text | safe }#', '1: the filter safe is not allowed; allowed: dump, join'],
    [
      'what does not parse',
      'a: 1\n#% if app.enabled %#\n',
      '2: parseIf: expected elif, else, or endif, got end of file',
    ],
  ])('refuses %s', (_, text, message) => {
    expect(messages(text)).toEqual([message]);
  });

  it('lets through numbers, booleans, dumped values, and a label inside a longer word', () => {
    const text = [
      'path: ./apps/#{ name }#/overlays',
      'replicas: #{ app.replicas }#',
      'enabled: #{ app.enabled }#',
      'image: #{ app.image | dump }#',
      '#% for key, value in app.map %#',
      '  #{ key | dump }#: #{ value }#',
      '#% endfor %#',
      '#% for item in app.list %#',
      '  - #{ item.id | dump }# # #{ loop.index }#',
      '#% endfor %#',
      "helm: '{{ .Values.x }}' # and ${FLUX} and {# this #}",
    ].join('\n');

    expect(messages(text)).toEqual([]);
  });

  it('tells the paths of the values that the template mentions', () => {
    const text =
      '#% if app.enabled and app.list.length > 0 %#\na: #{ app.image.tag | dump }#-#{ name }#\n#% endif %#';

    expect(checkTemplate(text, 'a.njk', context).uses).toEqual([
      'app.enabled',
      'app.image.tag',
      'app.list',
      'name',
    ]);
  });
});
