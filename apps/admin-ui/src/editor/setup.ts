import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, insertBracket } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { javascript, javascriptLanguage, typescriptLanguage } from '@codemirror/lang-javascript';
import { bracketMatching, foldGutter, foldKeymap, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { lintGutter, nextDiagnostic, previousDiagnostic } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { EditorState, type Extension } from '@codemirror/state';
import {
  crosshairCursor,
  drawSelection,
  dropCursor,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  rectangularSelection,
} from '@codemirror/view';
import { classHighlighter } from '@lezer/highlight';
import type { ScriptLanguage } from '../api/script-types.ts';
import { cspNonce } from '../shell/csp-nonce.ts';
import { completionSource } from './completion.ts';
import { hover, signatureHelp } from './hover.ts';
import type { EditedText } from './worker/language-service.ts';

/** From the first moment of every view: the style elements of CodeMirror carry the nonce of the page's policy. */
export function allowed(): Extension {
  return EditorView.cspNonce.of(cspNonce() ?? '');
}

/** What every view of a text has, the ones that compare included. */
export function viewing(language: ScriptLanguage, isDark: boolean): Extension {
  return [
    EditorView.darkTheme.of(isDark),
    lineNumbers(),
    highlightSpecialChars(),
    syntaxHighlighting(classHighlighter),
    javascript({ typescript: language === 'typescript' }),
  ];
}

/**
 * Typing over a selection is done here and not left to the browser: Chromium would keep the look of what goes in a style
 * attribute, which the page's policy refuses and the console complains of.
 */
const replacing = EditorView.domEventHandlers({
  beforeinput: (event, view) => {
    const { state, composing } = view;
    const { from, to } = state.selection.main;
    if (event.inputType !== 'insertText' || event.data === null || composing || state.readOnly) return false;
    if (from === to && !event.data.includes('\n')) return false;
    const typed = insertBracket(state, event.data) ?? state.update(state.replaceSelection(event.data), { userEvent: 'input.type' });
    view.dispatch(typed);
    event.preventDefault();
    return true;
  },
});

/** What one needs to write. */
export function writing({ tabIndents }: { readonly tabIndents: boolean }): Extension {
  return [
    highlightActiveLineGutter(),
    lintGutter(),
    foldGutter({ markerDOM }),
    history(),
    drawSelection(),
    dropCursor(),
    EditorState.allowMultipleSelections.of(true),
    EditorState.tabSize.of(2),
    indentUnit.of('  '),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    rectangularSelection(),
    crosshairCursor(),
    replacing,
    highlightActiveLine(),
    highlightSelectionMatches(),
    search({ top: true }),
    keymap.of([
      { key: 'F8', run: nextDiagnostic, shift: previousDiagnostic, preventDefault: true },
      ...closeBracketsKeymap,
      ...completionKeymap,
      ...searchKeymap,
      ...historyKeymap,
      ...foldKeymap,
      ...defaultKeymap,
      ...(tabIndents ? [indentWithTab] : []),
    ]),
  ];
}

/** What the language service knows of the text. */
export function knowing(edited: (source: string) => EditedText): Extension {
  const complete = completionSource(edited);
  return [
    autocompletion({ icons: true, activateOnTypingDelay: 60, maxRenderedOptions: 80 }),
    javascriptLanguage.data.of({ autocomplete: complete }),
    typescriptLanguage.data.of({ autocomplete: complete }),
    hover(edited),
    signatureHelp(edited),
  ];
}

function markerDOM(open: boolean): HTMLElement {
  const marker = document.createElement('span');
  marker.className = 'fold-marker';
  marker.textContent = open ? '⌄' : '›';
  marker.title = open ? 'Fold' : 'Unfold';
  return marker;
}
