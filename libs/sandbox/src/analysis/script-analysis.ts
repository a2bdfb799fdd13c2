import type { CheckFinding } from '#libs/oauth';
import { Parser, type Options, type Program } from 'acorn';
import { Findings } from './finding.ts';
import { Rules } from './rules.ts';
import { ScopeWalk } from './scope-walk.ts';
import { inWords } from './strict-syntax.ts';

/** What must be known of a script before it is wrapped and compiled. */
export interface ScriptAnalysis {
  readonly errors: readonly CheckFinding[];
  readonly warnings: readonly CheckFinding[];
  /** Names assigned without a declaration: they become locals of each run. */
  readonly assigned: readonly string[];
  /** Names declared at the top level. */
  readonly declared: readonly string[];
  /** The script may use helpers of Java-shaped values. */
  readonly dressed: boolean;
}

/** Where a script stands in its program. */
export interface ScriptPlace {
  readonly isLibrary: boolean;
  /** Names that libraries before it declare. */
  readonly around: Iterable<string>;
}

/** The parser looks through the scopes around each name it reads, so that depth times length is what a source costs. */
const DEEPEST_SCOPE = 100;
const TOO_DEEP = `functions, blocks and loops stand more than ${DEEPEST_SCOPE} deep within each other; make functions of the inner ones`;

class BoundedParser extends Parser {
  enterScope(flags: number): void {
    const parser = this as unknown as {
      readonly scopeStack: readonly unknown[];
      readonly pos: number;
      raise(at: number, message: string): never;
    };
    if (parser.scopeStack.length >= DEEPEST_SCOPE) parser.raise(parser.pos, TOO_DEEP);
    (Parser.prototype as unknown as { enterScope(flags: number): void }).enterScope.call(this, flags);
  }
}

/** The parser in strict mode from the first character, as the script will run. */
class StrictParser extends BoundedParser {
  constructor(options: Options, input: string, startPosition?: number) {
    super(options, input, startPosition);
    (this as unknown as { strict: boolean }).strict = true;
  }
}

const OPTIONS: Options = { ecmaVersion: 'latest', sourceType: 'script', locations: true, allowHashBang: false };
/** Understands what is refused, so that the refusal can say what it is. */
const TOLERANT: Options = {
  ...OPTIONS,
  allowImportExportEverywhere: true,
  allowAwaitOutsideFunction: true,
  allowReturnOutsideFunction: false,
};

/**
 * Parses a script on its own, strictly, and looks for what a procedure may not do. Runs in a sandbox process only:
 * the parser reads hostile text. Never throws for what is wrong with the source.
 */
export function analyseScript(source: string, sourceBytes: number, place: ScriptPlace = { isLibrary: false, around: [] }): ScriptAnalysis {
  const errors = new Findings();
  const warnings = new Findings();
  const bytes = Buffer.byteLength(source);
  if (bytes > sourceBytes) {
    errors.add('too-large', `the source has ${bytes} bytes, the limit is ${sourceBytes}`);
    return { errors: errors.list(), warnings: [], assigned: [], declared: [], dressed: false };
  }
  const rules = new Rules(errors, warnings);
  const strict = parse(StrictParser, OPTIONS, source);
  const tree = strict.tree ?? parse(BoundedParser, TOLERANT, source).tree;
  const declared = tree === null ? [] : [...inspect(tree, rules, place.around)];
  if (strict.tree === null && !errors.hasAt(strict.line))
    errors.addAt('syntax', strict.message, { line: strict.line, column: strict.column });
  if (tree !== null && !place.isLibrary && !definesResult(tree))
    errors.add('no-result', 'the procedure must define `function result(context)`');
  return { errors: errors.list(), warnings: warnings.list(), assigned: [...rules.assigned], declared, dressed: rules.dressed };
}

function inspect(tree: Program, rules: Rules, around: Iterable<string>): Iterable<string> {
  try {
    const declared = new ScopeWalk(rules).program(tree, around);
    rules.finish();
    return declared;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    rules.errors.add('too-deep', 'the source nests too deep');
    return [];
  }
}

type Parsed =
  | { readonly tree: Program; readonly message: ''; readonly line: 0; readonly column: 0 }
  | { readonly tree: null; readonly message: string; readonly line: number; readonly column: number };

function parse(parser: typeof Parser, options: Options, source: string): Parsed {
  try {
    return { tree: parser.parse(source, options), message: '', line: 0, column: 0 };
  } catch (error) {
    if (error instanceof RangeError) return { tree: null, message: 'the source nests too deep', line: 1, column: 1 };
    if (!(error instanceof SyntaxError)) throw error;
    const { loc, pos = 0 } = error as SyntaxError & { loc?: { line: number; column: number }; pos?: number };
    return {
      tree: null,
      message: inWords(error.message.replace(/ \(\d+:\d+\)$/u, ''), source, pos),
      line: loc?.line ?? 1,
      column: (loc?.column ?? 0) + 1,
    };
  }
}

/** A declaration at the top level, of any kind. An assignment to an undeclared `result` counts as well. */
function definesResult(tree: Program): boolean {
  return tree.body.some((statement) => {
    if (statement.type === 'FunctionDeclaration' || statement.type === 'ClassDeclaration') return statement.id.name === 'result';
    if (statement.type === 'VariableDeclaration')
      return statement.declarations.some((one) => one.id.type === 'Identifier' && one.id.name === 'result');
    if (statement.type === 'ExpressionStatement' && statement.expression.type === 'AssignmentExpression')
      return statement.expression.left.type === 'Identifier' && statement.expression.left.name === 'result';
    return false;
  });
}
