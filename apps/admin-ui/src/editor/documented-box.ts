import type { Documented, Pieces } from './worker/language-service.ts';

/** Draws what something is: its type, its documentation and the tags of that. */
export function documentedBox({ signature, documentation, tags }: Documented): HTMLElement {
  const box = document.createElement('div');
  box.className = 'doc-box';
  if (signature.length > 0) box.append(signatureOf(signature));
  for (const paragraph of documentation.split(/\n\s*\n/u)) if (paragraph.trim() !== '') box.append(paragraphOf(paragraph));
  for (const { name, text } of tags) if (text !== '') box.append(tagOf(name, text));
  return box;
}

function signatureOf(pieces: Pieces): HTMLElement {
  const element = document.createElement('code');
  element.className = 'doc-signature';
  for (const { kind, text } of pieces) {
    const span = document.createElement('span');
    span.className = `doc-${kind}`;
    span.textContent = text;
    element.append(span);
  }
  return element;
}

function tagOf(name: string, text: string): HTMLElement {
  const paragraph = paragraphOf(text);
  const label = document.createElement('span');
  label.className = 'doc-tag';
  label.textContent = `${name} `;
  paragraph.prepend(label);
  return paragraph;
}

/** What stands between backticks is code. */
export function paragraphOf(text: string): HTMLElement {
  const paragraph = document.createElement('p');
  text.split('`').forEach((part, i) => {
    if (part === '') return;
    const code = document.createElement('code');
    code.textContent = part;
    paragraph.append(i % 2 === 0 ? part : code);
  });
  return paragraph;
}
