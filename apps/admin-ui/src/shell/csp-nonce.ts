/** The nonce by which the Content Security Policy lets a script add style elements: for `EditorView.cspNonce` of CodeMirror. Undefined in development. */
export function cspNonce(): string | undefined {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce;
}
