import {
  snippetCompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
  type CompletionSource,
} from '@codemirror/autocomplete';
import { documentedBox } from './documented-box.ts';
import { languageService, unavailable } from './language-client.ts';
import type { CompletionItem, Completions, EditedText } from './worker/language-service.ts';

/** What the compiler calls things, as the completion's icons do. */
const TYPES: Readonly<Record<string, string>> = {
  method: 'method',
  function: 'function',
  'local function': 'function',
  property: 'property',
  getter: 'property',
  setter: 'property',
  var: 'variable',
  let: 'variable',
  'local var': 'variable',
  parameter: 'variable',
  const: 'constant',
  class: 'class',
  interface: 'interface',
  type: 'type',
  'primitive type': 'type',
  'type parameter': 'type',
  keyword: 'keyword',
  module: 'namespace',
};

/** Snippets for the beginning of a statement. */
const SNIPPETS: readonly Completion[] = [
  snippetCompletion('function result(context) {\n  ${}\n}', { label: 'result', detail: 'a procedure', type: 'text', boost: -1 }),
  snippetCompletion('if (${condition}) {\n  ${}\n}', { label: 'if', detail: 'statement', type: 'text', boost: -1 }),
  snippetCompletion('for (const ${item} of ${items}) {\n  ${}\n}', { label: 'for', detail: 'of loop', type: 'text', boost: -1 }),
];

/** Completes by the types of the text. */
export function completionSource(edited: (source: string) => EditedText): CompletionSource {
  return async (context): Promise<CompletionResult | null> => {
    const word = context.matchBefore(/[\w$]+/u);
    const isMember = context.matchBefore(/\.\s*[\w$]*/u) !== null;
    const isString = context.matchBefore(/['"][\w$-]*/u) !== null;
    if (!context.explicit && !isMember && (word === null || isString)) return null;
    // `1.` and `..` are no members.
    if (!context.explicit && context.matchBefore(/(?:^|[^\w$)\]])\d+\./u) !== null) return null;
    const text = edited(context.state.doc.toString());
    const answer = await completionsOf(text, context);
    if (answer === null || context.aborted) return null;
    const options = answer.items.map((item) => optionOf(item, text, context));
    return {
      from: answer.from,
      options: isMember || isString ? options : [...options, ...SNIPPETS],
      validFor: /^[\w$]*$/u,
    };
  };
}

/** Without the language service there are none; the line below the text says that it is missing. */
async function completionsOf(text: EditedText, context: CompletionContext): Promise<Completions | null> {
  try {
    const service = await languageService(text.flow);
    return context.aborted ? null : await service.completions(text, context.pos);
  } catch (error) {
    unavailable(error);
    return null;
  }
}

function optionOf({ name, kind, sort, instead }: CompletionItem, text: EditedText, { pos }: CompletionContext): Completion {
  return {
    label: name,
    type: TYPES[kind] ?? 'text',
    // The compiler sorts by 10 for what is local to 16 for what needs an import; what begins with `get` is an older way to write members.
    boost: 15 - Number.parseInt(sort, 10) - (/^(?:get|is)[A-Z]/u.test(name) ? 1 : 0),
    info: async () => {
      const details = await (await languageService(text.flow)).completionDetails(text, pos, name);
      return details === null ? null : documentedBox(details);
    },
    ...(instead === null
      ? {}
      : {
          apply: (view, _completion, _from, to) => {
            view.dispatch({
              changes: { from: instead.from, to, insert: instead.text },
              selection: { anchor: instead.from + instead.text.length },
              userEvent: 'input.complete',
            });
          },
        }),
  };
}
