import ts from 'typescript';
import { TypeFinder, type Declarations, type OpenText } from '../../../../../libs/procedure-check/src/editor.ts';
import type { Completions, Documented, EditedText, Hover, Pieces, PlacedFinding, SignatureHelp } from './language-service.ts';
import { placed } from './place.ts';

/** A check that takes longer than this is given up. */
const PATIENCE_MILLISECONDS = 15_000;

/** Answers about types, by the very code and declarations of the service's own check. */
export class TypeService {
  readonly #finder: TypeFinder;
  #last: { readonly text: EditedText; readonly open: OpenText } | null = null;

  constructor(declarations: Declarations) {
    this.#finder = new TypeFinder(declarations);
  }

  findings(text: EditedText): readonly PlacedFinding[] {
    this.#last = null;
    const { errors, warnings } = this.#finder.find({ ...text, milliseconds: PATIENCE_MILLISECONDS });
    const found = [
      ...errors.map((finding) => placed(text.source, finding, 'error')),
      ...warnings.map((finding) => placed(text.source, finding, 'warning')),
    ];
    // Of JavaScript that cannot be parsed the check leaves it to the engine to say so. One says it at once.
    return found.length > 0 || text.language === 'typescript' ? found : this.#syntax(text);
  }

  completions(text: EditedText, at: number): Completions | null {
    const { service, file, insertedAt, inserted } = this.#open(text);
    const answer = service.getCompletionsAtPosition(file, moved(at, insertedAt, inserted), {
      includeCompletionsWithInsertText: true,
      includeAutomaticOptionalChainCompletions: true,
    });
    if (answer === undefined) return null;
    const word = /[\w$]*$/u.exec(text.source.slice(0, at))?.[0] ?? '';
    return {
      from: at - word.length,
      items: answer.entries
        .filter(({ kind, name }) => kind !== ts.ScriptElementKind.warning && /^[\w$]+$/u.test(name))
        .map(({ name, kind, sortText, insertText, replacementSpan }) => ({
          name,
          kind,
          sort: sortText,
          instead:
            insertText === undefined || replacementSpan === undefined
              ? null
              : { from: movedBack(replacementSpan.start, insertedAt, inserted), text: insertText },
        })),
    };
  }

  completionDetails(text: EditedText, at: number, name: string): Documented | null {
    const { service, file, insertedAt, inserted } = this.#open(text);
    const place = moved(at, insertedAt, inserted);
    const details = service.getCompletionEntryDetails(file, place, name, undefined, undefined, undefined, undefined);
    return details === undefined ? null : documented(details.displayParts, details.documentation, details.tags);
  }

  hover(text: EditedText, at: number): Hover | null {
    const { service, file, insertedAt, inserted } = this.#open(text);
    const info = service.getQuickInfoAtPosition(file, moved(at, insertedAt, inserted));
    if (info === undefined) return null;
    const from = movedBack(info.textSpan.start, insertedAt, inserted);
    return { from, to: from + info.textSpan.length, ...documented(info.displayParts, info.documentation, info.tags) };
  }

  signature(text: EditedText, at: number): SignatureHelp | null {
    const { service, file, insertedAt, inserted } = this.#open(text);
    const help = service.getSignatureHelpItems(file, moved(at, insertedAt, inserted), undefined);
    const item = help?.items[help.selectedItemIndex];
    if (help === undefined || item === undefined) return null;
    return {
      prefix: textOf(item.prefixDisplayParts),
      parameters: item.parameters.map((one) => ({ text: textOf(one.displayParts), documentation: textOf(one.documentation) })),
      suffix: textOf(item.suffixDisplayParts),
      active: Math.min(help.argumentIndex, Math.max(item.parameters.length - 1, 0)),
      documentation: textOf(item.documentation),
      of: help.items.length,
      number: help.selectedItemIndex + 1,
    };
  }

  #syntax(text: EditedText): readonly PlacedFinding[] {
    const { service, file, insertedAt, inserted } = this.#open(text);
    return service.getSyntacticDiagnostics(file).map(({ start, length, messageText }) => {
      const from = Math.min(movedBack(start, insertedAt, inserted), text.source.length);
      const to = Math.min(from + length, text.source.length);
      return { code: 'syntax', message: ts.flattenDiagnosticMessageText(messageText, ' '), from, to, severity: 'error' };
    });
  }

  /** The text before stays open: many questions are about the same one. */
  #open(text: EditedText): OpenText {
    const last = this.#last;
    if (last !== null && isSame(last.text, text)) return last.open;
    const open = this.#finder.open(text);
    this.#last = { text, open };
    return open;
  }
}

function isSame(one: EditedText, other: EditedText): boolean {
  return (
    one.source === other.source &&
    one.language === other.language &&
    one.flow === other.flow &&
    one.libraries.length === other.libraries.length &&
    one.libraries.every(({ name, language, source }, i) => {
      const library = other.libraries[i];
      return library?.name === name && library.language === language && library.source === source;
    })
  );
}

function moved(at: number, insertedAt: number, inserted: number): number {
  return at < insertedAt ? at : at + inserted;
}

function movedBack(at: number, insertedAt: number, inserted: number): number {
  return at <= insertedAt ? at : Math.max(insertedAt, at - inserted);
}

function documented(
  signature: readonly ts.SymbolDisplayPart[] = [],
  documentation: readonly ts.SymbolDisplayPart[] = [],
  tags: readonly ts.JSDocTagInfo[] = [],
): Documented {
  return {
    signature: shortened(signature.map(({ kind, text }) => ({ kind, text }))),
    documentation: textOf(documentation),
    tags: tags.map(({ name, text }) => ({ name, text: textOf(text) })),
  };
}

/** The compiler writes `(property) x: T` and long types; a box beside a cursor has room for some lines. */
function shortened(pieces: Pieces): Pieces {
  let length = 0;
  const kept = pieces.filter(({ text }) => (length += text.length) <= 600);
  return kept.length === pieces.length ? pieces : [...kept, { kind: 'punctuation', text: ' …' }];
}

function textOf(parts: readonly ts.SymbolDisplayPart[] = []): string {
  return parts.map(({ text }) => text).join('');
}
