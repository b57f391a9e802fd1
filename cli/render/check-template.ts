import { closest } from '../errors/did-you-mean.ts';
import type { Detail } from '../errors/platform-error.ts';
import type { JsonSchema } from '../values/schema.ts';
import { lineOf, parseTemplate, reasonOf, type SyntaxNode } from './template-syntax.ts';

export interface TemplateCheck {
  readonly problems: readonly Detail[];
  /** The paths of all values that the template mentions, sorted: `app.image.tag`. What it does not mention cannot change it. */
  readonly uses: readonly string[];
}

/** What is known of an expression: its type, and the path of the value it names. */
interface Known {
  readonly schema: JsonSchema;
  readonly path?: string;
}

type Scope = ReadonlyMap<string, Known>;

const loopSchema: JsonSchema = {
  type: 'object',
  properties: {
    index: { type: 'integer' },
    index0: { type: 'integer' },
    length: { type: 'integer' },
    first: { type: 'boolean' },
    last: { type: 'boolean' },
  },
};

/**
 * Holds a template against the values it will get, also in branches that these values never take: nunjucks itself lets a
 * misspelt name pass inside `if` and `for`. Templates hold output, `if` and `for`, and the filters `dump` and `join`.
 *
 * A text is printed with `| dump`, or YAML may read it as something else (`yes`, `1e5`). Numbers and booleans need none, nor
 * does a DNS label that is only part of a longer word.
 *
 * @param context The schema of all that the template may mention.
 */
export function checkTemplate(text: string, file: string, context: JsonSchema): TemplateCheck {
  const problems: Detail[] = [];
  const uses = new Set<string>();

  const report = (node: SyntaxNode, message: string, hint?: string): Known | undefined => {
    problems.push({ place: { file, line: node.lineno + 1, column: node.colno + 1 }, message, hint });
    return undefined;
  };

  const lookUp = (node: SyntaxNode, parent: Known, key: string): Known | undefined => {
    const { schema } = parent;
    const at = (found: JsonSchema, path: string | undefined): Known => ({
      schema: found,
      ...(path === undefined ? {} : { path }),
    });
    // A list is used as a whole: its length and its items change with it.
    if (schema.type === 'array' && key === 'length') return at({ type: 'integer' }, parent.path);
    if (schema.type === 'array' && /^\d+$/.test(key) && schema.items) return at(schema.items, parent.path);
    const path = parent.path === undefined ? undefined : `${parent.path}.${key}`;
    const found = schema.properties?.[key] ?? schema.additionalProperties;
    if (typeof found === 'object') return at(found, path);
    const name = path ?? key;
    const guess = closest(key, Object.keys(schema.properties ?? {}));
    return report(
      node,
      `${name} is not among the values${guess ? `; did you mean ${guess}?` : ''}`,
      guess && `Write ${guess}`,
    );
  };

  const use = (known: Known | undefined): Known | undefined => {
    if (known?.path !== undefined) uses.add(known.path);
    return known;
  };

  /** @param whole False for the left part of `a.b`: only the whole path is used then. */
  const typeOf = (node: SyntaxNode, scope: Scope, whole = true): Known | undefined => {
    const child = (field: string): SyntaxNode => node[field] as SyntaxNode;
    switch (node.typename) {
      case 'Literal': {
        const type = typeof node['value'] === 'number' ? 'number' : typeof node['value'];
        return { schema: { type } };
      }
      case 'Symbol': {
        const name = String(node['value']);
        const known = scope.get(name);
        if (known) return whole ? use(known) : known;
        const guess = closest(name, scope.keys());
        return report(
          node,
          `${name} is not among the values${guess ? `; did you mean ${guess}?` : `; known: ${[...scope.keys()].join(', ')}`}`,
        );
      }
      case 'LookupVal': {
        const key = child('val');
        if (key.typename !== 'Literal')
          return report(node, 'a value is named by a word, not by another value');
        const parent = typeOf(child('target'), scope, false);
        const known = parent && lookUp(node, parent, String(key['value']));
        return whole ? use(known) : known;
      }
      case 'Filter': {
        const name = String(child('name')['value']);
        const [first, ...rest] = child('args')['children'] as SyntaxNode[];
        if (name !== 'dump' && name !== 'join')
          return report(node, `the filter ${name} is not allowed; allowed: dump, join`);
        const input = first && typeOf(first, scope);
        for (const argument of rest) typeOf(argument, scope);
        if (name === 'join' && input && input.schema.type !== 'array')
          return report(node, 'join needs a list');
        return { schema: { type: name === 'dump' ? 'dumped' : 'string' } };
      }
      case 'InlineIf': {
        typeOf(child('cond'), scope);
        const otherwise = node['else_'] ? typeOf(child('else_'), scope) : undefined;
        const known = typeOf(child('body'), scope);
        // The branch that needs more care decides.
        return otherwise && known?.schema.type === 'dumped' ? otherwise : known;
      }
      case 'Not':
        typeOf(child('target'), scope);
        return { schema: { type: 'boolean' } };
      case 'And':
      case 'Or':
        typeOf(child('left'), scope);
        typeOf(child('right'), scope);
        return { schema: {} }; // one of the two: printed only with dump
      case 'In':
        typeOf(child('left'), scope);
        typeOf(child('right'), scope);
        return { schema: { type: 'boolean' } };
      case 'Compare':
        typeOf(child('expr'), scope);
        for (const operand of node['ops'] as SyntaxNode[]) typeOf(operand['expr'] as SyntaxNode, scope);
        return { schema: { type: 'boolean' } };
      case 'Group': {
        const [inner] = node['children'] as SyntaxNode[];
        return inner && typeOf(inner, scope, whole);
      }
      default:
        return report(
          node,
          `${node.typename} is not allowed in an expression: compute it in the values instead`,
        );
    }
  };

  const checkOutput = (node: SyntaxNode, scope: Scope, touchesText: boolean): void => {
    for (const expression of node['children'] as SyntaxNode[]) {
      if (expression.typename === 'TemplateData') continue;
      const schema = typeOf(expression, scope)?.schema;
      if (!schema || ['dumped', 'integer', 'number', 'boolean'].includes(schema.type ?? '')) continue;
      if (schema.type === 'string' && schema.format === 'dns-label' && touchesText) continue;
      const what = schema.type === 'object' ? 'a map' : schema.type === 'array' ? 'a list' : 'a text';
      report(expression, `${what} is printed without | dump`, 'Write #{ … | dump }#');
    }
  };

  const walk = (nodes: readonly SyntaxNode[], scope: Scope): void => {
    for (const [index, node] of nodes.entries()) {
      if (node.typename === 'Output') {
        const touches =
          /[\w./-]$/.test(dataOf(nodes[index - 1])) || /^[\w./-]/.test(dataOf(nodes[index + 1]));
        checkOutput(node, scope, touches);
      } else if (node.typename === 'If') {
        typeOf(node['cond'] as SyntaxNode, scope);
        walk(childrenOf(node['body']), scope);
        walk(childrenOf(node['else_']), scope);
      } else if (node.typename === 'For') {
        walk(childrenOf(node['body']), loopScope(node, scope));
        walk(childrenOf(node['else_']), scope);
      } else {
        report(node, `templates hold only output, if and for; this is ${node.typename}`);
      }
    }
  };

  const loopScope = (node: SyntaxNode, scope: Scope): Scope => {
    const list = typeOf(node['arr'] as SyntaxNode, scope);
    const inner = new Map(scope).set('loop', { schema: loopSchema });
    const target = node['name'] as SyntaxNode;
    const names = (target.typename === 'Array' ? (target['children'] as SyntaxNode[]) : [target]).map((n) =>
      String(n['value']),
    );
    const { items, additionalProperties } = list?.schema ?? {};
    const values = items ?? (typeof additionalProperties === 'object' ? additionalProperties : {});
    if (list && list.schema.type !== 'array' && list.schema.type !== 'object')
      report(node, 'for needs a list or a map');
    if (names.length === 2) inner.set(names[0] ?? '', { schema: { type: 'string' } });
    inner.set(names.at(-1) ?? '', { schema: values });
    return inner;
  };

  try {
    const top: Scope = new Map(
      Object.entries(context.properties ?? {}).map(([name, schema]) => [name, { schema, path: name }]),
    );
    walk(childrenOf(parseTemplate(text)), top);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const line = lineOf(error) ?? text.trimEnd().split('\n').length; // none where the end came too early
    problems.push({ place: { file, line }, message: reasonOf(error) });
  }
  return { problems, uses: [...uses].sort() };
}

/** `else if` hangs an If where a list of nodes is otherwise. */
function childrenOf(node: unknown): readonly SyntaxNode[] {
  if (node === null || node === undefined) return [];
  const { typename, children } = node as SyntaxNode;
  return typename === 'If' ? [node as SyntaxNode] : (children as readonly SyntaxNode[]);
}

function dataOf(node: SyntaxNode | undefined): string {
  if (node?.typename !== 'Output') return '';
  const [data] = node['children'] as SyntaxNode[];
  return data?.typename === 'TemplateData' ? String(data['value']) : '';
}
