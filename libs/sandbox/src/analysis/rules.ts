import type { AnyNode, CallExpression, Expression, Identifier, Literal, MemberExpression, PrivateIdentifier, Super } from 'acorn';
import { patternProblem } from '../guest/pattern.ts';
import type { Findings } from './finding.ts';
import { ABSENT, ABSENT_WHEN_RUN, JAVA_TYPES, javaPathReplacement, javaReplacement } from './replacements.ts';
import type { Scope, ScopeListener, Use } from './scope-walk.ts';

/** Built-ins of the realm: they are frozen, and an assignment would only fail when it runs. */
const BUILT_INS = new Set([
  ...[
    'Object',
    'Function',
    'Array',
    'Number',
    'parseFloat',
    'parseInt',
    'Infinity',
    'NaN',
    'undefined',
    'Boolean',
    'String',
    'Symbol',
    'Date',
    'RegExp',
  ],
  ...[
    'Error',
    'AggregateError',
    'EvalError',
    'RangeError',
    'ReferenceError',
    'SyntaxError',
    'TypeError',
    'URIError',
    'globalThis',
    'JSON',
    'Math',
  ],
  ...[
    'Map',
    'Set',
    'WeakMap',
    'WeakSet',
    'Reflect',
    'decodeURI',
    'decodeURIComponent',
    'encodeURI',
    'encodeURIComponent',
    'isFinite',
    'isNaN',
  ],
]);

/**
 * Helpers of Java-shaped values (`forEach` included, which takes the key first). A script that names none of them gets plain
 * objects, which is faster. What only another helper leads to (`hasNext`, `getKey`) need not be here.
 */
export const HELPERS: ReadonlySet<string> = new Set([
  ...[
    'get',
    'put',
    'containsKey',
    'remove',
    'getOrDefault',
    'putAll',
    'values',
    'entrySet',
    'keySet',
    'size',
    'isEmpty',
    'contains',
    'iterator',
  ],
  ...['add', 'addAll', 'forEach'],
  ...['putIfAbsent', 'containsValue', 'clear', 'containsAll', 'toArray', 'removeAll', 'retainAll'],
]);

/** Collects findings on a script, the names it assigns without declaring, and whether it needs Java-shaped values. */
export class Rules implements ScopeListener {
  readonly errors: Findings;
  readonly warnings: Findings;
  /** Undeclared names the script assigns, in order of appearance. */
  readonly assigned = new Set<string>();
  dressed = false;
  readonly #blockFunctions = new Set<string>();
  readonly #unresolved: Identifier[] = [];
  /** How to write the classes of Java that dotted names lead to, by the name they begin with. */
  readonly #javaPaths = new Map<Identifier, string>();
  readonly #inPath = new Set<MemberExpression>();

  constructor(errors: Findings, warnings: Findings) {
    this.errors = errors;
    this.warnings = warnings;
  }

  blockFunction(name: string): void {
    this.#blockFunctions.add(name);
  }

  use(identifier: Identifier, use: Use, declared: boolean): void {
    if (declared) return;
    const { name } = identifier;
    if (use === 'write') {
      if (BUILT_INS.has(name))
        this.errors.add('built-in', `${name} is a built-in and cannot be assigned; declare a variable of your own`, identifier);
      else this.assigned.add(name);
      return;
    }
    if (use !== 'typeof') this.#unresolved.push(identifier);
  }

  /** After the walk, when every assignment is known. */
  finish(): void {
    for (const identifier of this.#unresolved) if (!this.assigned.has(identifier.name)) this.#unknown(identifier);
  }

  /** A name that is read, and neither declared nor assigned anywhere. */
  #unknown(identifier: Identifier): void {
    const { name } = identifier;
    if (this.#blockFunctions.has(name))
      this.errors.add(
        'block-function',
        `${name} is a function of a block and is not known outside of it; declare it at the top`,
        identifier,
      );
    const java = this.#javaPaths.get(identifier);
    if (java !== undefined) this.errors.add('java', java, identifier);
    else if (Object.hasOwn(ABSENT, name)) this.errors.add('unsupported', `${name}: ${ABSENT[name] ?? ''}`, identifier);
    else if (Object.hasOwn(ABSENT_WHEN_RUN, name)) {
      const mend = ABSENT_WHEN_RUN[name] ?? '';
      this.warnings.add('absent', `${name} is not available in a procedure${mend === '' ? '' : `; use ${mend}`}`, identifier);
    }
  }

  node(node: AnyNode, scope: Scope): void {
    switch (node.type) {
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        if (node.async)
          this.errors.add(
            'unsupported',
            'async functions are not supported: procedures are synchronous, host calls return values; leave async and await out',
            node,
          );
        break;
      case 'AwaitExpression':
        this.errors.add('unsupported', 'await is not supported: procedures are synchronous, host calls return values; leave it out', node);
        break;
      case 'ForOfStatement':
        if (node.await) this.errors.add('unsupported', 'for await is not supported: procedures are synchronous; write for ... of', node);
        break;
      case 'ImportDeclaration':
      case 'ImportExpression':
        this.errors.add(
          'unsupported',
          'import is not supported: a procedure is one script; put shared functions into a library that it names',
          node,
        );
        break;
      case 'ExportAllDeclaration':
      case 'ExportDefaultDeclaration':
      case 'ExportNamedDeclaration':
        this.errors.add('unsupported', 'export is not supported: a procedure is one script that defines result; leave the word out', node);
        break;
      case 'MetaProperty':
        if (node.meta.name === 'import')
          this.errors.add('unsupported', 'import.meta is not supported: a procedure is one script without a place of its own', node);
        break;
      case 'IfStatement':
        for (const branch of [node.consequent, node.alternate ?? null]) this.#bareFunction(branch);
        break;
      case 'LabeledStatement':
        this.#bareFunction(node.body);
        break;
      case 'WithStatement':
        this.errors.add('unsupported', 'with is not allowed in strict mode; write the object before each of its members', node);
        break;
      case 'VariableDeclaration':
        if ((node.kind as string) === 'await using')
          this.errors.add('unsupported', 'await using is not supported: procedures are synchronous; write using', node);
        break;
      case 'Literal':
        this.#literal(node);
        break;
      case 'TemplateElement':
        if (HELPERS.has(node.value.cooked ?? '')) this.dressed = true;
        break;
      case 'Property':
        if (!node.computed && node.key.type === 'Identifier' && HELPERS.has(node.key.name)) this.dressed = true;
        break;
      case 'MemberExpression':
        this.#member(node);
        break;
      case 'AssignmentExpression':
        this.#target(node.left, scope);
        break;
      case 'UpdateExpression':
        this.#target(node.argument, scope);
        break;
      case 'UnaryExpression':
        if (node.operator === 'delete') this.#target(node.argument, scope);
        break;
      case 'CallExpression':
        this.#call(node, scope);
        break;
      case 'NewExpression':
        this.#pattern(node, scope);
        break;
      default:
    }
  }

  /** `if (x) function f() {}` is for sloppy mode only. */
  #bareFunction(node: AnyNode | null): void {
    if (node?.type === 'FunctionDeclaration')
      this.errors.add('syntax', 'a function cannot stand alone after if, else or a label in strict mode; declare it at the top', node);
  }

  #literal(node: Literal): void {
    if (node.regex) {
      const problem = patternProblem(node.regex.pattern);
      if (problem !== null) this.errors.add('pattern', problem, node);
    } else if (node.bigint) this.errors.add('unsupported', 'BigInt literals are not supported; use a number up to 2 ** 53, or text', node);
    else if (typeof node.value === 'number' && /^0\d/u.test(node.raw ?? ''))
      this.errors.add('syntax', 'octal literals are not allowed in strict mode; write 0o... or a decimal number', node);
    else if (typeof node.value === 'string' && HELPERS.has(node.value)) this.dressed = true;
  }

  #member(node: MemberExpression): void {
    this.#javaPath(node);
    if (node.computed) return;
    const name = node.property.type === 'Identifier' ? node.property.name : '';
    if (HELPERS.has(name)) this.dressed = true;
    if (node.object.type === 'Identifier' && node.object.name === 'arguments' && (name === 'callee' || name === 'caller'))
      this.errors.add('unsupported', `arguments.${name} is not allowed in strict mode; give the function a name`, node);
  }

  /** Members are visited from the outside in: the first visit knows the whole path, and the others are left out. */
  #javaPath(node: MemberExpression): void {
    if (this.#inPath.has(node)) return;
    const names: string[] = [];
    let at: Expression | Super = node;
    for (; at.type === 'MemberExpression'; at = at.object) {
      this.#inPath.add(at);
      names.push(nameOf(at));
    }
    const instead = at.type === 'Identifier' ? javaPathReplacement(at.name, names.reverse()) : null;
    if (at.type === 'Identifier' && instead !== null) this.#javaPaths.set(at, instead);
  }

  /** `Array.x = ...`, `String.prototype.x = ...`: built-ins are frozen. */
  #target(target: AnyNode, scope: Scope): void {
    if (target.type !== 'MemberExpression') return;
    const name = builtInOf(target.object, scope);
    if (name !== null) this.errors.add('built-in', `${name} is a built-in and cannot be changed; write a function of your own`, target);
  }

  #call(node: CallExpression, scope: Scope): void {
    const { callee } = node;
    this.#pattern(node, scope);
    if (callee.type === 'Identifier' && callee.name === 'Function' && !scope.declares('Function'))
      this.errors.add('unsupported', 'Function(text): compiling text is not possible in a procedure', node);
    if (callee.type !== 'MemberExpression') return;
    if (callee.computed && callee.property.type !== 'Literal') this.dressed = true;
    const method = nameOf(callee);
    const owner = callee.object.type === 'Identifier' && !scope.declares(callee.object.name) ? callee.object.name : null;
    const first = node.arguments[0];
    if (owner === 'Java') this.#java(node, method, first);
    const changes =
      (owner === 'Object' || owner === 'Reflect') &&
      ['defineProperty', 'defineProperties', 'assign', 'setPrototypeOf', 'set', 'deleteProperty'].includes(method);
    if (changes && first !== undefined && first.type !== 'SpreadElement') {
      const name = builtInOf(first, scope);
      if (name !== null) this.errors.add('built-in', `${name} is a built-in and cannot be changed; write a function of your own`, node);
    }
  }

  /** Only what the shim offers; a name that is not written out is looked at when it runs. */
  #java(node: CallExpression, method: string, first: CallExpression['arguments'][number] | undefined): void {
    if (method === 'extend' || method === 'super' || method === 'synchronized')
      this.errors.add('java', `Java.${method} is not available; write a function or class of your own`, node);
    if (method !== 'type' || first?.type !== 'Literal' || typeof first.value !== 'string' || JAVA_TYPES.has(first.value)) return;
    const instead = javaReplacement(first.value);
    this.errors.add('java', `Java.type('${first.value.slice(0, 100)}') is not available; ${instead}`, node);
  }

  /** `new RegExp('text')` with a literal text is checked as a literal is; any other text is when it runs. */
  #pattern(node: CallExpression | (AnyNode & { readonly type: 'NewExpression' }), scope: Scope): void {
    if (node.callee.type !== 'Identifier' || scope.declares(node.callee.name)) return;
    if (node.type === 'NewExpression' && node.callee.name === 'Function')
      this.errors.add('unsupported', 'new Function(text): compiling text is not possible in a procedure', node);
    const first = node.arguments[0];
    if (node.callee.name !== 'RegExp' || first?.type !== 'Literal' || typeof first.value !== 'string') return;
    const problem = patternProblem(first.value);
    if (problem !== null) this.errors.add('pattern', problem, node);
  }
}

/** `X`, `X.prototype` or a member of them, where X is a built-in nobody has shadowed. */
function builtInOf(node: Expression | Super | PrivateIdentifier, scope: Scope): string | null {
  if (node.type === 'Identifier') return BUILT_INS.has(node.name) && !scope.declares(node.name) ? node.name : null;
  if (node.type !== 'MemberExpression') return null;
  const owner = builtInOf(node.object, scope);
  return owner === null ? null : `${owner}.${nameOf(node)}`;
}

function nameOf(node: MemberExpression): string {
  if (!node.computed && node.property.type === 'Identifier') return node.property.name;
  return node.property.type === 'Literal' ? String(node.property.value) : '...';
}
