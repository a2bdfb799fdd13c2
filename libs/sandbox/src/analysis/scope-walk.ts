import type { AnyNode, Identifier, Pattern } from 'acorn';

/**
 * The names one function, block, loop, class or catch clause declares. All scopes of a walk share one count of what is
 * visible, so that asking costs the same however deep the source nests.
 */
export class Scope {
  readonly names = new Set<string>();
  readonly #visible: Map<string, number>;

  constructor(parent: Scope | null) {
    this.#visible = parent === null ? new Map<string, number>() : parent.#visible;
  }

  add(name: string): void {
    if (this.names.has(name)) return;
    this.names.add(name);
    this.#visible.set(name, (this.#visible.get(name) ?? 0) + 1);
  }

  /** Whether this scope or one around it declares a name; asked while this is the innermost scope of the walk. */
  declares(name: string): boolean {
    return this.#visible.has(name);
  }

  /** After the last visit below it. */
  leave(): void {
    for (const name of this.names) {
      const left = (this.#visible.get(name) ?? 0) - 1;
      if (left > 0) this.#visible.set(name, left);
      else this.#visible.delete(name);
    }
  }
}

export type Use = 'read' | 'write' | 'typeof';

/** What a walk tells its listener. */
export interface ScopeListener {
  node(node: AnyNode, scope: Scope): void;
  /** An identifier that is used, not declared. `declared`: some enclosing scope declares it. */
  use(identifier: Identifier, use: Use, declared: boolean): void;
  /** A function declared in a block: outside of it the name means nothing in strict mode. */
  blockFunction(name: string): void;
}

type Fields = Record<string, unknown>;

/** Visits every node once, in order, knowing which names are declared where it stands. Throws `RangeError` where the source nests too deep. */
export class ScopeWalk {
  readonly #listener: ScopeListener;

  constructor(listener: ScopeListener) {
    this.#listener = listener;
  }

  /**
   * @param around names that are declared around the program
   * @returns the names that the program declares at its top level
   */
  program(node: AnyNode & { readonly type: 'Program' }, around: Iterable<string> = []): ReadonlySet<string> {
    const outer = new Scope(null);
    for (const name of around) outer.add(name);
    const scope = new Scope(outer);
    this.#declareVars(node.body, scope);
    this.#declareLexical(node.body, scope, false);
    this.#listener.node(node, scope);
    for (const statement of node.body) this.#visit(statement, scope);
    return scope.names;
  }

  #visit(node: AnyNode | null | undefined, scope: Scope): void {
    if (node === null || node === undefined) return;
    this.#listener.node(node, scope);
    switch (node.type) {
      case 'Identifier':
        this.#listener.use(node, 'read', scope.declares(node.name));
        return;
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        this.#function(node, scope);
        return;
      case 'ClassDeclaration':
      case 'ClassExpression': {
        const inner = new Scope(scope);
        if (node.id) inner.add(node.id.name);
        this.#visit(node.superClass, inner);
        this.#visit(node.body, inner);
        inner.leave();
        return;
      }
      case 'StaticBlock': {
        const inner = new Scope(scope);
        this.#declareVars(node.body, inner);
        this.#declareLexical(node.body, inner, false);
        for (const statement of node.body) this.#visit(statement, inner);
        inner.leave();
        return;
      }
      case 'BlockStatement': {
        const inner = new Scope(scope);
        this.#declareLexical(node.body, inner, true);
        for (const statement of node.body) this.#visit(statement, inner);
        inner.leave();
        return;
      }
      case 'SwitchStatement': {
        this.#visit(node.discriminant, scope);
        const inner = new Scope(scope);
        for (const branch of node.cases) this.#declareLexical(branch.consequent, inner, true);
        for (const branch of node.cases) this.#visit(branch, inner);
        inner.leave();
        return;
      }
      case 'ForStatement': {
        const inner = new Scope(scope);
        if (node.init) this.#declareLexical([node.init], inner, false);
        this.#visit(node.init, inner);
        this.#visit(node.test, inner);
        this.#visit(node.update, inner);
        this.#visit(node.body, inner);
        inner.leave();
        return;
      }
      case 'ForInStatement':
      case 'ForOfStatement': {
        const inner = new Scope(scope);
        if (node.left.type === 'VariableDeclaration') {
          this.#declareLexical([node.left], inner, false);
          this.#visit(node.left, inner);
        } else this.#assign(node.left, inner);
        this.#visit(node.right, inner);
        this.#visit(node.body, inner);
        inner.leave();
        return;
      }
      case 'CatchClause': {
        const inner = new Scope(scope);
        if (node.param) {
          this.#names(node.param, inner);
          this.#defaults(node.param, inner);
        }
        this.#visit(node.body, inner);
        inner.leave();
        return;
      }
      case 'VariableDeclarator':
        this.#defaults(node.id, scope);
        this.#visit(node.init, scope);
        return;
      case 'AssignmentExpression':
        this.#assign(node.left, scope);
        this.#visit(node.right, scope);
        return;
      case 'UpdateExpression':
        this.#assign(node.argument, scope);
        return;
      case 'UnaryExpression':
        if (node.operator === 'typeof' && node.argument.type === 'Identifier')
          this.#listener.use(node.argument, 'typeof', scope.declares(node.argument.name));
        else this.#visit(node.argument, scope);
        return;
      case 'MemberExpression':
        this.#visit(node.object, scope);
        if (node.computed) this.#visit(node.property, scope);
        return;
      case 'Property':
      case 'MethodDefinition':
      case 'PropertyDefinition':
        if (node.computed) this.#visit(node.key, scope);
        this.#visit(node.value, scope);
        return;
      case 'LabeledStatement':
        this.#visit(node.body, scope);
        return;
      case 'BreakStatement':
      case 'ContinueStatement':
      case 'MetaProperty':
        return;
      default:
        for (const child of children(node)) this.#visit(child, scope);
    }
  }

  #function(
    node: AnyNode & { readonly type: 'FunctionDeclaration' | 'FunctionExpression' | 'ArrowFunctionExpression' },
    scope: Scope,
  ): void {
    const inner = new Scope(scope);
    if (node.type !== 'ArrowFunctionExpression') inner.add('arguments');
    if (node.type === 'FunctionExpression' && node.id) inner.add(node.id.name);
    for (const parameter of node.params) this.#names(parameter, inner);
    for (const parameter of node.params) this.#defaults(parameter, inner);
    if (node.body.type !== 'BlockStatement') {
      this.#visit(node.body, inner);
      inner.leave();
      return;
    }
    this.#declareVars(node.body.body, inner);
    this.#declareLexical(node.body.body, inner, false);
    this.#listener.node(node.body, inner);
    for (const statement of node.body.body) this.#visit(statement, inner);
    inner.leave();
  }

  /** An assignment's target: names are written, everything else in it is read. */
  #assign(target: Pattern | AnyNode, scope: Scope): void {
    if (target.type === 'Identifier') this.#listener.use(target, 'write', scope.declares(target.name));
    else
      this.#pattern(target, scope, (name) => {
        this.#listener.use(name, 'write', scope.declares(name.name));
      });
  }

  /** A declaration's target: its names are declared already, default values and computed keys are read. */
  #defaults(target: Pattern, scope: Scope): void {
    if (target.type !== 'Identifier') this.#pattern(target, scope, () => undefined);
  }

  #pattern(target: Pattern | AnyNode, scope: Scope, name: (identifier: Identifier) => void): void {
    switch (target.type) {
      case 'Identifier':
        name(target);
        return;
      case 'ObjectPattern':
        this.#listener.node(target, scope);
        for (const property of target.properties) {
          if (property.type === 'RestElement') this.#pattern(property.argument, scope, name);
          else {
            this.#listener.node(property, scope);
            if (property.computed) this.#visit(property.key, scope);
            this.#pattern(property.value, scope, name);
          }
        }
        return;
      case 'ArrayPattern':
        for (const element of target.elements) if (element) this.#pattern(element, scope, name);
        return;
      case 'RestElement':
        this.#pattern(target.argument, scope, name);
        return;
      case 'AssignmentPattern':
        this.#pattern(target.left, scope, name);
        this.#visit(target.right, scope);
        return;
      default:
        this.#visit(target, scope);
    }
  }

  #names(target: Pattern, into: Scope): void {
    switch (target.type) {
      case 'Identifier':
        into.add(target.name);
        return;
      case 'ObjectPattern':
        for (const property of target.properties) this.#names(property.type === 'RestElement' ? property.argument : property.value, into);
        return;
      case 'ArrayPattern':
        for (const element of target.elements) if (element) this.#names(element, into);
        return;
      case 'RestElement':
        this.#names(target.argument, into);
        return;
      case 'AssignmentPattern':
        this.#names(target.left, into);
        return;
      default:
    }
  }

  /** `let`, `const`, `using`, classes and functions of one list of statements. */
  #declareLexical(statements: readonly AnyNode[], scope: Scope, isBlock: boolean): void {
    for (const given of statements) {
      const statement = given.type === 'LabeledStatement' ? given.body : given;
      if (statement.type === 'VariableDeclaration' && statement.kind !== 'var')
        for (const one of statement.declarations) this.#names(one.id, scope);
      else if ((statement.type === 'ClassDeclaration' || statement.type === 'FunctionDeclaration') && statement.id !== null) {
        scope.add(statement.id.name);
        if (isBlock && statement.type === 'FunctionDeclaration') this.#listener.blockFunction(statement.id.name);
      }
    }
  }

  /** `var` reaches out of blocks, but not out of functions. */
  #declareVars(statements: readonly AnyNode[], scope: Scope): void {
    const waiting: AnyNode[] = [...statements];
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      switch (node.type) {
        case 'FunctionDeclaration':
        case 'FunctionExpression':
        case 'ArrowFunctionExpression':
        case 'ClassDeclaration':
        case 'ClassExpression':
          break;
        case 'VariableDeclaration':
          if (node.kind === 'var') for (const one of node.declarations) this.#names(one.id, scope);
          break;
        default:
          if (node.type.endsWith('Statement') || node.type === 'SwitchCase' || node.type === 'CatchClause') waiting.push(...children(node));
      }
    }
  }
}

const NO_CHILDREN = new Set(['type', 'start', 'end', 'loc', 'range', 'regex', 'value', 'raw']);

/** The nodes directly below. `value` is a child only where the walk says so: a literal's value is none. */
export function children(node: AnyNode): AnyNode[] {
  const found: AnyNode[] = [];
  for (const [key, value] of Object.entries(node as unknown as Fields)) {
    if (NO_CHILDREN.has(key) || typeof value !== 'object' || value === null) continue;
    if (Array.isArray(value)) {
      for (const one of value as unknown[]) if (isNode(one)) found.push(one);
    } else if (isNode(value)) found.push(value);
  }
  return found;
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}
