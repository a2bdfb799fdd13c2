import type { CheckFinding } from '#libs/oauth';
import ts from 'typescript';
import { contextsOf } from '../contexts-of-flows.ts';
import type { CheckedSource } from './checked-source.ts';
import { MODULE_MARK } from '../upload-paths.ts';

/** Syntax that needs code of its own in place of being left out. */
const NOT_ERASABLE = 1294;
const IMPLICIT_ANY_PARAMETER = 7006;
/** A name, or a member, that another environment would have. */
const NO_SUCH_NAME = new Set([2304, 2552, 2580, 2583, 2584, 2585, 2591, 2592, 2593]);

const INSTEAD: Readonly<Record<string, string>> = {
  Promise: 'procedures are synchronous: host calls return values, there are no promises',
  setTimeout: 'procedures are synchronous: there are no timers',
  setInterval: 'procedures are synchronous: there are no timers',
  require: 'a procedure is one script: put shared functions into a library that it names',
  fetch: 'use context.getWebServiceClient(id)',
  process: 'procedures see no environment; use secrets.get(name)',
  Buffer: 'use base64url',
  crypto: 'use sha256, randomUuid() and jwt.verify',
  Packages: 'Java classes are not available; use jwt.verify, sha256, base64url and the other globals',
};

/** The findings of the compiler on TypeScript, in our words where the compiler's would mislead. */
export function typeScriptFindings(
  diagnostics: readonly ts.Diagnostic[],
  file: ts.SourceFile,
  checked: CheckedSource,
  flow: string | null,
  parameter: ts.ParameterDeclaration | undefined,
): CheckFinding[] {
  const refused = unsupported(file);
  const findings = refused.map(({ at, message }) => checked.at('unsupported', message, at));
  for (const diagnostic of diagnostics) {
    const { start = 0, code } = diagnostic;
    // What does not run at all need not be typed.
    if (refused.some(({ at, end }) => at <= start && start < end)) continue;
    const name = file.text.slice(start, start + (diagnostic.length ?? 0));
    if (code === NOT_ERASABLE)
      findings.push(
        checked.at(
          'unsupported',
          'enums, namespaces and parameter properties are not supported: they are no mere types; use a constant object and plain members',
          start,
        ),
      );
    else if (code === IMPLICIT_ANY_PARAMETER && flow !== null && start === parameter?.name.getStart())
      findings.push(checked.at('type', `the parameter has no type; write \`${name}: ${contextsOf(flow)?.[0] ?? 'object'}\``, start));
    else if (NO_SUCH_NAME.has(code) && Object.hasOwn(INSTEAD, name))
      findings.push(checked.at('unsupported', `${name}: ${INSTEAD[name] as string}`, start));
    else if (NO_SUCH_NAME.has(code)) findings.push(checked.at('type', `there is no ${name} in a procedure`, start));
    else findings.push(checked.finding('type', diagnostic));
  }
  return findings;
}

interface Unsupported {
  readonly at: number;
  /** Findings of the compiler up to here are no further news. */
  readonly end: number;
  readonly message: string;
}

/** Modules and asynchronous code, which have no place in a procedure. */
function unsupported(file: ts.SourceFile): Unsupported[] {
  const found: Unsupported[] = [];
  for (const { pos, end } of [...file.referencedFiles, ...file.typeReferenceDirectives, ...file.libReferenceDirectives])
    found.push({ at: pos, end, message: 'references are not supported: a procedure sees the types of the service and of its libraries' });
  const add = (node: ts.Node, message: string, covered = node): void => {
    found.push({ at: node.getStart(file), end: covered.end, message });
  };
  const visit = (node: ts.Node): void => {
    // The mark at the end is ours.
    if (ts.isExportDeclaration(node) && node.getStart(file) >= file.text.length - MODULE_MARK.length) return;
    if (isImport(node)) add(node, 'import is not supported: a procedure is one script; put shared functions into a library that it names');
    else if (ts.isExportDeclaration(node) || ts.isExportAssignment(node) || node.kind === ts.SyntaxKind.ExportKeyword)
      add(node, 'export is not supported: a procedure is one script that defines result');
    else if (node.kind === ts.SyntaxKind.AsyncKeyword)
      add(node, 'async functions are not supported: procedures are synchronous, host calls return values', node.parent);
    else if (ts.isAwaitExpression(node) || node.kind === ts.SyntaxKind.AwaitKeyword)
      add(node, 'await is not supported: procedures are synchronous, host calls return values');
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(file, visit);
  return found;
}

function isImport(node: ts.Node): boolean {
  if (ts.isMetaProperty(node)) return node.keywordToken === ts.SyntaxKind.ImportKeyword;
  return ts.isImportDeclaration(node) || ts.isImportEqualsDeclaration(node) || node.kind === ts.SyntaxKind.ImportKeyword;
}
