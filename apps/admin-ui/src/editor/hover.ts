import { StateEffect, StateField, type Extension } from '@codemirror/state';
import { hoverTooltip, keymap, showTooltip, ViewPlugin, type EditorView, type Tooltip, type ViewUpdate } from '@codemirror/view';
import { documentedBox, paragraphOf } from './documented-box.ts';
import { languageService, unavailable } from './language-client.ts';
import type { EditedText, SignatureHelp } from './worker/language-service.ts';

type EditedOf = (source: string) => EditedText;

/** Shows the type and the documentation of what the pointer is on, and by Mod-i of what the cursor is on. */
export function hover(edited: EditedOf): Extension {
  const at = async (view: EditorView, place: number): Promise<Tooltip | null> => {
    const text = edited(view.state.doc.toString());
    const found = await languageService(text.flow)
      .then((service) => service.hover(text, place))
      .catch(unavailable);
    if (found == null || view.state.doc.toString() !== text.source) return null;
    return { pos: found.from, end: found.to, above: true, create: () => ({ dom: documentedBox(found) }) };
  };
  return [
    hoverTooltip(at, { hoverTime: 350 }),
    pinned,
    keymap.of([
      {
        key: 'Mod-i',
        preventDefault: true,
        run: (view) => {
          void at(view, view.state.selection.main.head).then((tooltip) => view.dispatch({ effects: pin.of(tooltip) }), unavailable);
          return true;
        },
      },
      { key: 'Escape', run: (view) => closes(view, pinned) },
    ]),
  ];
}

/** Shows the parameters of the call that the cursor is in, while one writes it. */
export function signatureHelp(edited: EditedOf): Extension {
  const asker = ViewPlugin.fromClass(
    class {
      #asked = 0;

      update({ view, state, docChanged, selectionSet, transactions, startState }: ViewUpdate): void {
        if (!docChanged && !selectionSet) return;
        const isOpen = startState.field(signature) !== null;
        let typed = '';
        for (const transaction of transactions)
          if (transaction.isUserEvent('input'))
            transaction.changes.iterChanges((_a, _b, _c, _d, inserted) => (typed += inserted.toString()));
        if (!isOpen && !/[(,]/u.test(typed)) return;
        const asked = ++this.#asked;
        const text = edited(state.doc.toString());
        const place = state.selection.main.head;
        void languageService(text.flow)
          .then((service) => service.signature(text, place))
          .then((help) => {
            if (asked === this.#asked) view.dispatch({ effects: showSignature.of(help === null ? null : tooltipOf(help, place)) });
          }, unavailable);
      }
    },
  );
  return [signature, asker, keymap.of([{ key: 'Escape', run: (view) => closes(view, signature) }])];
}

const pin = StateEffect.define<Tooltip | null>();
const showSignature = StateEffect.define<Tooltip | null>();

const pinned = StateField.define<Tooltip | null>({
  create: () => null,
  update: (value, { effects, docChanged, selection }) => {
    for (const effect of effects) if (effect.is(pin)) return effect.value;
    return docChanged || selection !== undefined ? null : value;
  },
  provide: (field) => showTooltip.from(field),
});

const signature = StateField.define<Tooltip | null>({
  create: () => null,
  update: (value, { effects, changes }) => {
    for (const effect of effects) if (effect.is(showSignature)) return effect.value;
    return value === null ? null : { ...value, pos: changes.mapPos(value.pos) };
  },
  provide: (field) => showTooltip.from(field),
});

function closes(view: EditorView, field: typeof pinned): boolean {
  if (view.state.field(field) === null) return false;
  view.dispatch({ effects: (field === pinned ? pin : showSignature).of(null) });
  return true;
}

function tooltipOf({ prefix, parameters, suffix, active, documentation, of, number }: SignatureHelp, pos: number): Tooltip {
  const create = () => {
    const dom = document.createElement('div');
    dom.className = 'doc-box';
    const line = document.createElement('code');
    line.className = 'doc-signature';
    line.append(prefix);
    parameters.forEach(({ text }, i) => {
      const part = document.createElement(i === active ? 'strong' : 'span');
      part.textContent = text;
      line.append(...(i > 0 ? [', '] : []), part);
    });
    line.append(suffix, of > 1 ? `  ${number} of ${of}` : '');
    dom.append(line);
    const ofParameter = parameters[active]?.documentation ?? '';
    const about = ofParameter === '' ? documentation : ofParameter;
    if (about !== '') dom.append(paragraphOf(about));
    return { dom };
  };
  return { pos, above: true, create };
}
