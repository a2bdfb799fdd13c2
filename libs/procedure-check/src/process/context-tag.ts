import type { CheckFinding, ProcedureLanguage } from '#libs/oauth';
import ts from 'typescript';
import { contextsOf, FLOWS_WITH_CONTEXTS } from '../contexts-of-flows.ts';
import { findingAt } from './checked-source.ts';

const ALL_CONTEXTS = new Set(FLOWS_WITH_CONTEXTS.flatMap((flow) => contextsOf(flow) ?? []));
/** How the names of all contexts end, ours and those that there are not. */
const CONTEXT_NAME = 'ProcedureContext';

/** The first parameter of the function that `result` is; undefined where there is none. */
export function contextParameter(source: ts.SourceFile): ts.ParameterDeclaration | undefined {
  for (const statement of source.statements) {
    if (ts.isFunctionDeclaration(statement) && statement.name?.text === 'result') return statement.parameters[0];
    if (ts.isVariableStatement(statement))
      for (const { name, initializer } of statement.declarationList.declarations)
        if (ts.isIdentifier(name) && name.text === 'result') return parameterOf(initializer);
    if (ts.isExpressionStatement(statement) && ts.isBinaryExpression(statement.expression)) {
      const { left, right, operatorToken } = statement.expression;
      if (operatorToken.kind === ts.SyntaxKind.EqualsToken && ts.isIdentifier(left) && left.text === 'result') return parameterOf(right);
    }
  }
  return undefined;
}

function parameterOf(value: ts.Expression | undefined): ts.ParameterDeclaration | undefined {
  return value !== undefined && (ts.isFunctionExpression(value) || ts.isArrowFunction(value)) ? value.parameters[0] : undefined;
}

function typeOf(parameter: ts.ParameterDeclaration): ts.TypeNode | undefined {
  return parameter.type ?? ts.getJSDocType(parameter);
}

/** JavaScript that does not say what its context is gets the one of its flow, by a tag that changes no line. */
export function withContext(
  source: string,
  flow: string | null,
  language: ProcedureLanguage,
  parameter: ts.ParameterDeclaration | undefined,
  original: ts.SourceFile,
): { readonly text: string; readonly insertedAt: number } {
  const type = flow === null ? undefined : contextsOf(flow)?.at(-1);
  if (language !== 'javascript' || type === undefined || parameter === undefined || typeOf(parameter) !== undefined)
    return { text: source, insertedAt: source.length };
  const at = parameter.getStart(original);
  return { text: `${source.slice(0, at)}/** @type {${type}} */ ${source.slice(at)}`, insertedAt: at };
}

/** A context of another flow, or one that there is not: what the script expects will not be there. */
export function contextTag(flow: string | null, parameter: ts.ParameterDeclaration | undefined, original: ts.SourceFile): CheckFinding[] {
  const right = flow === null ? null : contextsOf(flow);
  const type = parameter === undefined ? undefined : typeOf(parameter);
  if (flow === null || right === null || type === undefined) return [];
  const name = /[\w$]+$/u.exec(type.getText(original).trim())?.[0] ?? '';
  if (right.includes(name) || !(ALL_CONTEXTS.has(name) || name.endsWith(CONTEXT_NAME))) return [];
  const wrong = ALL_CONTEXTS.has(name) ? `${name} is the context of another flow` : `there is no context type ${name}`;
  return [findingAt(original, 'context-type', `${wrong}: in ${flow} it is ${right.join(' or ')}`, type.getStart(original))];
}
