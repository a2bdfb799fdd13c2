import ts from 'typescript';

/** Codes of the compiler's findings, by what they are about. */
const UNKNOWN_MEMBER = new Set([2339, 2551, 2568]);
const WRITTEN = new Set([2540]);
const CALLED = new Set([2554, 2555, 2345, 2769]);
const NOT_CALLABLE = new Set([2349, 2721, 2722, 2723]);
/** A constant or a function is assigned. */
const REPLACED = new Set([2588, 2630]);

/** Names of the service that an untyped script assigns without declaring them: what they hold is the script's own affair. */
export function replacedNames(diagnostics: readonly ts.Diagnostic[], file: ts.SourceFile): ReadonlySet<string> {
  return new Set(
    diagnostics.flatMap(({ code, start, length }) =>
      REPLACED.has(code) && start !== undefined ? [file.text.slice(start, start + (length ?? 0))] : [],
    ),
  );
}

/**
 * Whether a finding on an untyped script is about what the service gives it: an unknown member, a member written that cannot
 * be, a call with the wrong number or kind of arguments, a call of what is no function. All else is the script's own affair.
 */
export function concernsProcedures(
  diagnostic: ts.Diagnostic,
  file: ts.SourceFile,
  checker: ts.TypeChecker,
  isOurs: (fileName: string) => boolean,
  replaced: ReadonlySet<string>,
): boolean {
  if (diagnostic.start === undefined) return false;
  const node = nodeAt(file, diagnostic.start, diagnostic.length ?? 0);
  if (replaced.has(rootOf(node))) return false;
  const declared = (declarations: readonly ts.Node[] | undefined): boolean =>
    declarations?.some((one) => isOurs(one.getSourceFile().fileName)) ?? false;
  const ours = (type: ts.Type): boolean =>
    declared(type.aliasSymbol?.declarations) ||
    declared((type.symbol as ts.Symbol | undefined)?.declarations) ||
    (type.isUnionOrIntersection() && type.types.some(ours));

  if (UNKNOWN_MEMBER.has(diagnostic.code)) {
    const owner = ownerOf(node);
    return owner !== undefined && ours(checker.getTypeAtLocation(owner));
  }
  if (CALLED.has(diagnostic.code)) {
    const call = callAround(node);
    return call !== undefined && declared(declarationOf(checker.getResolvedSignature(call)));
  }
  if (WRITTEN.has(diagnostic.code) || NOT_CALLABLE.has(diagnostic.code)) {
    const name = ts.isPropertyAccessExpression(node) ? node.name : ts.isCallExpression(node) ? node.expression : node;
    return declared(checker.getSymbolAtLocation(ts.isPropertyAccessExpression(name) ? name.name : name)?.declarations);
  }
  return false;
}

/** The smallest node that covers a span. */
function nodeAt(file: ts.SourceFile, start: number, length: number): ts.Node {
  let found: ts.Node = file;
  for (;;) {
    const inner: ts.Node | undefined = ts.forEachChild(found, (child) =>
      child.getStart(file) <= start && start + length <= child.end && child.end > start ? child : undefined,
    );
    if (inner === undefined) return found;
    found = inner;
  }
}

/** The name that an expression around a node, a member or a call, begins with; empty for none. */
function rootOf(node: ts.Node): string {
  let at: ts.Node = ownerOf(node) ?? callAround(node)?.expression ?? node;
  while (ts.isPropertyAccessExpression(at) || ts.isElementAccessExpression(at) || ts.isCallExpression(at)) at = at.expression;
  return ts.isIdentifier(at) ? at.text : '';
}

/** What a member is looked for on. */
function ownerOf(node: ts.Node): ts.Node | undefined {
  const { parent } = node as { parent: ts.Node | undefined };
  if (parent === undefined) return undefined;
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) return parent.expression;
  if (ts.isElementAccessExpression(parent) && parent.argumentExpression === node) return parent.expression;
  if (ts.isBindingElement(parent)) return parent.parent;
  return undefined;
}

/** The call that a finding about arguments is about: the one the node is an argument of, else the one it is in. */
function callAround(node: ts.Node): ts.CallExpression | ts.NewExpression | undefined {
  const { parent } = node as { parent: ts.Node | undefined };
  if (parent !== undefined && isCall(parent) && parent.arguments?.some((argument) => argument === node) === true) return parent;
  for (let at: ts.Node | undefined = node; at !== undefined; at = at.parent as ts.Node | undefined) if (isCall(at)) return at;
  return undefined;
}

function isCall(node: ts.Node): node is ts.CallExpression | ts.NewExpression {
  return ts.isCallExpression(node) || ts.isNewExpression(node);
}

function declarationOf(signature: ts.Signature | undefined): readonly ts.Node[] {
  const declaration = signature?.declaration;
  return declaration === undefined ? [] : [declaration];
}
