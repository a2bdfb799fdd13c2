import { stripTypeScriptTypes } from 'node:module';
import path from 'node:path';
import type { CheckFinding, ProcedureLanguage } from '#libs/oauth';
import ts from 'typescript';
import type { CheckReply, CheckRequest } from '../messages.ts';
import { contextParameter, contextTag, withContext } from './context-tag.ts';
import { CheckedSource } from './checked-source.ts';
import { concernsProcedures, replacedNames } from './javascript-advice.ts';
import { typeScriptFindings } from './typescript-findings.ts';
import { UploadHost } from './upload-host.ts';

/** Strips and checks types, one upload after the other, with the types of procedures read once. */
export class TypeCheck {
  readonly #languages: Readonly<Record<ProcedureLanguage, { readonly host: UploadHost; readonly service: ts.LanguageService }>>;

  /** @param proceduresFolder has `tsconfig.json`, whose options count, and `types` */
  constructor(proceduresFolder: string) {
    const file = path.join(proceduresFolder, 'tsconfig.json');
    const read = ts.readConfigFile(file, (name) => ts.sys.readFile(name));
    const { options } = ts.convertCompilerOptionsFromJson((read.config as { compilerOptions: unknown }).compilerOptions, proceduresFolder);
    const registry = ts.createDocumentRegistry();
    const open = (more: ts.CompilerOptions) => {
      const host = new UploadHost(proceduresFolder, { ...options, moduleDetection: ts.ModuleDetectionKind.Legacy, ...more });
      return { host, service: ts.createLanguageService(host, registry) };
    };
    this.#languages = {
      typescript: open({ erasableSyntaxOnly: true }),
      // Of untyped scripts only what is surely wrong is of use.
      javascript: open({ strict: false, noImplicitReturns: false, noFallthroughCasesInSwitch: false, noUncheckedIndexedAccess: false }),
    };
  }

  /** Reads what every check needs; what has not been read by then never is. */
  warmUp(): void {
    for (const language of ['javascript', 'typescript'] as const) {
      const { host, service } = this.#languages[language];
      service.getSemanticDiagnostics(host.show({ text: 'logger.info(sha256(""));', language, libraries: [] }));
      host.seal();
    }
  }

  /** Never throws for what is wrong with the source. */
  check(request: CheckRequest): CheckReply {
    const { host } = this.#languages[request.language];
    host.deadline = Date.now() + request.milliseconds;
    try {
      return this.#check(request);
    } catch (error) {
      const finding = failure(error, request.milliseconds);
      return request.language === 'javascript'
        ? { script: request.source, errors: [], warnings: [finding] }
        : { script: null, errors: [finding], warnings: [] };
    } finally {
      host.deadline = Infinity;
    }
  }

  #check({ language, source, flow, libraries }: CheckRequest): CheckReply {
    const { host, service } = this.#languages[language];
    const original = ts.createSourceFile(language === 'typescript' ? 'procedure.ts' : 'procedure.js', source, ts.ScriptTarget.Latest, true);
    const parameter = contextParameter(original);
    const upload = withContext(source, flow, language, parameter, original);
    const file = host.show({ text: upload.text, language, libraries });
    const checked = new CheckedSource(original, upload.insertedAt, upload.text.length - source.length);
    const program = service.getProgram();
    const tree = program?.getSourceFile(file);
    if (program === undefined || tree === undefined) throw new Error('the source was not read');

    const syntax = service.getSyntacticDiagnostics(file);
    if (language === 'javascript') {
      // A plain syntax error is for the sandbox to name, which parses as the engine does.
      const types = syntax.filter((one) => one.code >= 8000 && one.code < 8100).map((one) => checked.finding('typescript', one));
      if (types.length > 0) return { script: null, errors: checked.inOrder(types.map(asTypeScript)), warnings: [] };
      if (syntax.length > 0) return { script: source, errors: [], warnings: [] };
      const semantic = service.getSemanticDiagnostics(file);
      const checker = program.getTypeChecker();
      const replaced = replacedNames(semantic, tree);
      const advice = semantic
        .filter((one) => concernsProcedures(one, tree, checker, (name) => host.isType(name), replaced))
        .map((one) => checked.finding('type', one));
      return { script: source, errors: [], warnings: checked.inOrder([...contextTag(flow, parameter, original), ...advice]) };
    }
    if (syntax.length > 0)
      return { script: null, errors: checked.inOrder(syntax.map((one) => checked.finding('syntax', one))), warnings: [] };
    const errors = [
      ...contextTag(flow, parameter, original),
      ...typeScriptFindings(service.getSemanticDiagnostics(file), tree, checked, flow, parameter),
    ];
    if (errors.length > 0) return { script: null, errors: checked.inOrder(errors), warnings: [] };
    return { script: blanked(source), errors: [], warnings: [] };
  }
}

/** The answer where the check did not come to an end. */
export function unfinished({ language, source, milliseconds }: CheckRequest): CheckReply {
  const finding = tooCostly(milliseconds);
  return language === 'javascript'
    ? { script: source, errors: [], warnings: [finding] }
    : { script: null, errors: [finding], warnings: [] };
}

function tooCostly(milliseconds: number): CheckFinding {
  return { code: 'too-costly', message: `checking the types takes more than ${milliseconds} ms; write simpler types` };
}

/** Types become blanks, so that whatever is left keeps its place. */
function blanked(source: string): string {
  const script = stripTypeScriptTypes(source, { mode: 'strip' });
  if (script.length !== source.length) throw new Error('positions would not stay');
  return script;
}

function asTypeScript(finding: CheckFinding): CheckFinding {
  return { ...finding, message: `${finding.message.replace(/\.$/u, '')}; upload it as TypeScript, or remove it` };
}

function failure(error: unknown, milliseconds: number): CheckFinding {
  if (error instanceof ts.OperationCanceledException) return tooCostly(milliseconds);
  if (error instanceof RangeError) return { code: 'too-deep', message: 'the source nests too deep for its types to be checked' };
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'syntax', message: `the types of the source cannot be removed: ${message}`.slice(0, 500) };
}
