import type { AnyNode, CallExpression, Expression, Identifier, Literal, MemberExpression, PrivateIdentifier, Super } from 'acorn';
import { patternProblem } from '../guest/pattern.ts';
import type { Findings } from './finding.ts';
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

/** Names that other engines have, with what to do instead. */
const ABSENT: Readonly<Record<string, string>> = {
  Promise: 'procedures are synchronous: host calls return values, there are no promises',
  setTimeout: 'procedures are synchronous: there are no timers',
  setInterval: 'procedures are synchronous: there are no timers',
  queueMicrotask: 'procedures are synchronous: there is nothing to queue for',
  require: 'a procedure is one script: there are no modules',
  eval: 'compiling text is not possible in a procedure',
  Packages: 'Java classes are not available; use jwt.verify, sha256, base64url and the other globals',
};

const ABSENT_QUIETLY = new Set([
  ...[
    'Proxy',
    'BigInt',
    'Intl',
    'WebAssembly',
    'Atomics',
    'SharedArrayBuffer',
    'ArrayBuffer',
    'DataView',
    'WeakRef',
    'FinalizationRegistry',
    'Iterator',
  ],
  ...[
    'Uint8Array',
    'Int8Array',
    'Uint8ClampedArray',
    'Int16Array',
    'Uint16Array',
    'Int32Array',
    'Uint32Array',
    'Float16Array',
    'Float32Array',
  ],
  ...[
    'Float64Array',
    'BigInt64Array',
    'BigUint64Array',
    'DisposableStack',
    'AsyncDisposableStack',
    'SuppressedError',
    'process',
    'fetch',
    'escape',
    'unescape',
  ],
]);

/** The Java classes that are offered; for others, what replaces them. */
const JAVA_TYPES = new Set([
  ...['java.util.HashMap', 'java.util.LinkedHashMap', 'java.util.HashSet', 'java.util.ArrayList', 'java.util.Base64'],
  ...['java.lang.String', 'java.security.MessageDigest'],
]);
const JAVA_REPLACEMENTS: readonly (readonly [RegExp, string])[] = [
  [/jose|jwt|jws|jwk/iu, 'jwt.verify or jwt.decode'],
  [/MessageDigest|Mac|security|crypto/u, 'sha256'],
  [/Base64|codec/u, 'base64url'],
  [/UUID/u, 'randomUuid()'],
  [/http|URL|net\./iu, 'context.getWebServiceClient(id)'],
  [/Date|time|Instant/iu, 'Date, secondsUntil and secondsSince'],
  [/util\./u, 'plain objects, arrays, Map and Set'],
];

/**
 * Helpers of Java-shaped values (`forEach` included, which takes the key first). A script that names none of them gets plain
 * objects, which is faster. What only another helper leads to (`hasNext`, `getKey`) need not be here.
 */
const HELPERS = new Set([
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
  ...['add', 'addAll', 'forEach', 'hasNext'],
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
    if (use === 'typeof') return;
    this.#unresolved.push(identifier);
    const instead = Object.hasOwn(ABSENT, name) ? ABSENT[name] : undefined;
    if (instead !== undefined) this.errors.add('unsupported', `${name}: ${instead}`, identifier);
    else if (ABSENT_QUIETLY.has(name)) this.warnings.add('absent', `${name} is not available in a procedure`, identifier);
  }

  /** After the walk, when every assignment is known. */
  finish(): void {
    for (const identifier of this.#unresolved) {
      if (this.#blockFunctions.has(identifier.name) && !this.assigned.has(identifier.name))
        this.errors.add(
          'block-function',
          `${identifier.name} is a function of a block and is not known outside of it; declare it at the top`,
          identifier,
        );
    }
  }

  node(node: AnyNode, scope: Scope): void {
    switch (node.type) {
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        if (node.async)
          this.errors.add('unsupported', 'async functions are not supported: procedures are synchronous, host calls return values', node);
        break;
      case 'AwaitExpression':
        this.errors.add('unsupported', 'await is not supported: procedures are synchronous, host calls return values', node);
        break;
      case 'ForOfStatement':
        if (node.await) this.errors.add('unsupported', 'for await is not supported: procedures are synchronous', node);
        break;
      case 'ImportDeclaration':
      case 'ImportExpression':
        this.errors.add('unsupported', 'import is not supported: a procedure is one script', node);
        break;
      case 'ExportAllDeclaration':
      case 'ExportDefaultDeclaration':
      case 'ExportNamedDeclaration':
        this.errors.add('unsupported', 'export is not supported: a procedure is one script that defines result', node);
        break;
      case 'MetaProperty':
        if (node.meta.name === 'import') this.errors.add('unsupported', 'import.meta is not supported: a procedure is one script', node);
        break;
      case 'WithStatement':
        this.errors.add('unsupported', 'with is not supported in strict mode', node);
        break;
      case 'VariableDeclaration':
        if ((node.kind as string) === 'await using')
          this.errors.add('unsupported', 'await using is not supported: procedures are synchronous', node);
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
      case 'CallExpression':
        this.#call(node, scope);
        break;
      case 'NewExpression':
        this.#pattern(node, scope);
        break;
      default:
    }
  }

  #literal(node: Literal): void {
    if (node.regex) {
      const problem = patternProblem(node.regex.pattern);
      if (problem !== null) this.errors.add('pattern', problem, node);
    } else if (node.bigint) this.errors.add('unsupported', 'BigInt literals are not supported', node);
    else if (typeof node.value === 'number' && /^0\d/u.test(node.raw ?? ''))
      this.errors.add('syntax', 'octal literals are not allowed in strict mode; write 0o... or a decimal number', node);
    else if (typeof node.value === 'string' && HELPERS.has(node.value)) this.dressed = true;
  }

  #member(node: MemberExpression): void {
    if (node.computed) return;
    const name = node.property.type === 'Identifier' ? node.property.name : '';
    if (HELPERS.has(name)) this.dressed = true;
    if (node.object.type === 'Identifier' && node.object.name === 'arguments' && (name === 'callee' || name === 'caller'))
      this.errors.add('unsupported', `arguments.${name} is not allowed in strict mode; give the function a name`, node);
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
    if (
      owner === 'Java' &&
      method === 'type' &&
      first?.type === 'Literal' &&
      typeof first.value === 'string' &&
      !JAVA_TYPES.has(first.value)
    ) {
      const type = first.value;
      const instead = JAVA_REPLACEMENTS.find(([pattern]) => pattern.test(type))?.[1];
      this.errors.add(
        'java',
        `Java.type('${type.slice(0, 100)}') is not available${instead === undefined ? '' : `; use ${instead}`}`,
        node,
      );
    }
    const changes =
      (owner === 'Object' || owner === 'Reflect') &&
      ['defineProperty', 'defineProperties', 'assign', 'setPrototypeOf', 'set', 'deleteProperty'].includes(method);
    if (changes && first !== undefined && first.type !== 'SpreadElement') {
      const name = builtInOf(first, scope);
      if (name !== null) this.errors.add('built-in', `${name} is a built-in and cannot be changed; write a function of your own`, node);
    }
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
