import type { CheckFinding, ProcedureLanguage } from '#libs/oauth';
import ts from 'typescript';
import type { Declarations } from '../declarations.ts';
import type { CheckRequest } from '../messages.ts';
import { contextParameter, contextTag, withContext } from './context-tag.ts';
import { CheckedSource } from './checked-source.ts';
import { concernsProcedures, replacedNames } from './javascript-advice.ts';
import { typeScriptFindings } from './typescript-findings.ts';
import { UploadHost } from './upload-host.ts';

/** What is found in a text: errors refuse it, warnings are advice. By place, bounded. */
export interface TypeFindings {
  readonly errors: readonly CheckFinding[];
  readonly warnings: readonly CheckFinding[];
}

/** A text as the language service has it, for what else an editor asks: completions, types. */
export interface OpenText {
  readonly service: ts.LanguageService;
  readonly file: string;
  /** Where a tag was put in, and how long it is: from there on, places in the file are that much further. */
  readonly insertedAt: number;
  readonly inserted: number;
}

interface Language {
  readonly host: UploadHost;
  readonly service: ts.LanguageService;
}

/**
 * Checks types, one text after the other, over declarations that are read once. It knows neither files nor processes: in a
 * browser it finds the very same as at an upload.
 */
export class TypeFinder {
  readonly #languages: Readonly<Record<ProcedureLanguage, Language>>;

  constructor({ compilerOptions, files }: Declarations) {
    const registry = ts.createDocumentRegistry();
    const open = (written: object): Language => {
      const { options } = ts.convertCompilerOptionsFromJson(written, '/');
      const host = new UploadHost(files, options);
      return { host, service: ts.createLanguageService(host, registry) };
    };
    this.#languages = { typescript: open(compilerOptions.typescript), javascript: open(compilerOptions.javascript) };
  }

  /** Reads what every check needs, so that the first one takes no longer than the others. */
  warmUp(): void {
    for (const language of ['javascript', 'typescript'] as const) {
      const { host, service } = this.#languages[language];
      service.getSemanticDiagnostics(host.show({ text: 'logger.info(sha256(""));', language, libraries: [] }));
    }
  }

  /**
   * @throws ts.OperationCanceledException when the time is over, RangeError for a text that nests too deep
   */
  find(request: CheckRequest): TypeFindings {
    const { host } = this.#languages[request.language];
    host.deadline = Date.now() + request.milliseconds;
    try {
      return this.#find(request);
    } finally {
      host.deadline = Infinity;
    }
  }

  /** Opens a text in the place of the one before. */
  open(text: Omit<CheckRequest, 'milliseconds'>): OpenText {
    const { service, file, upload } = this.#open(text);
    return { service, file, insertedAt: upload.insertedAt, inserted: upload.text.length - text.source.length };
  }

  #open({ language, source, flow, libraries }: Omit<CheckRequest, 'milliseconds'>) {
    const { host, service } = this.#languages[language];
    const original = ts.createSourceFile(language === 'typescript' ? 'procedure.ts' : 'procedure.js', source, ts.ScriptTarget.Latest, true);
    const parameter = contextParameter(original);
    const upload = withContext(source, flow, language, parameter, original);
    const file = host.show({ text: upload.text, language, libraries });
    return { host, service, original, parameter, upload, file };
  }

  #find(request: CheckRequest): TypeFindings {
    const { language, source, flow } = request;
    const { host, service, original, parameter, upload, file } = this.#open(request);
    const checked = new CheckedSource(original, upload.insertedAt, upload.text.length - source.length);
    const program = service.getProgram();
    const tree = program?.getSourceFile(file);
    if (program === undefined || tree === undefined) throw new Error('the source was not read');

    const syntax = service.getSyntacticDiagnostics(file);
    if (language === 'javascript') {
      // A plain syntax error is for the sandbox to name, which parses as the engine does.
      const types = syntax.filter((one) => one.code >= 8000 && one.code < 8100).map((one) => checked.finding('typescript', one));
      if (types.length > 0) return { errors: checked.inOrder(types.map(asTypeScript)), warnings: [] };
      if (syntax.length > 0) return { errors: [], warnings: [] };
      const semantic = service.getSemanticDiagnostics(file);
      const checker = program.getTypeChecker();
      const replaced = replacedNames(semantic, tree);
      const advice = semantic
        .filter((one) => concernsProcedures(one, tree, checker, (name) => host.isType(name), replaced))
        .map((one) => checked.finding('type', one));
      return { errors: [], warnings: checked.inOrder([...contextTag(flow, parameter, original), ...advice]) };
    }
    if (syntax.length > 0) return { errors: checked.inOrder(syntax.map((one) => checked.finding('syntax', one))), warnings: [] };
    const errors = [
      ...contextTag(flow, parameter, original),
      ...typeScriptFindings(service.getSemanticDiagnostics(file), tree, checked, flow, parameter),
    ];
    return { errors: checked.inOrder(errors), warnings: [] };
  }
}

function asTypeScript(finding: CheckFinding): CheckFinding {
  return { ...finding, message: `${finding.message.replace(/\.$/u, '')}; upload it as TypeScript, or remove it` };
}
