/** Characters that a style sheet of a theme may have. */
export const STYLE_SHEET_LENGTH = 65_536;

const REFUSED: readonly (readonly [RegExp, string])[] = [
  [/<\/?[a-z!]/i, 'has markup: write CSS alone'],
  [/@import/i, 'has "@import": write everything in this one style sheet'],
  [/@font-face/i, 'has "@font-face": pages load no fonts; choose one of "font"'],
  [/@(namespace|charset)/i, 'has "@namespace" or "@charset", which do nothing here'],
  [/\b(url|src)\s*\(/i, 'has "url(...)": pages load nothing but the logo, from nowhere'],
  [/image-set\s*\(/i, 'has "image-set(...)": pages load nothing but the logo, from nowhere'],
];

/**
 * What a style sheet may not have, in words; null where it may be used. Whatever gets past this, browsers load nothing for it: the
 * policy of the pages lets them not.
 */
export function styleSheetProblem(text: string): string | null {
  if (text.length > STYLE_SHEET_LENGTH) return `has ${text.length} characters; ${STYLE_SHEET_LENGTH} are allowed`;
  // Comments and escapes hide words from us that browsers read. CSS Syntax Level 3, sections 4.3.2 and 4.3.7.
  const plain = unescaped(text.replace(/\/\*[\s\S]*?(\*\/|$)/g, ''));
  const found = REFUSED.find(([pattern]) => pattern.test(text) || pattern.test(plain));
  return found?.[1] ?? null;
}

function unescaped(text: string): string {
  return text.replace(/\\(?:([0-9a-f]{1,6})\s?|([^\n]))/gi, (_all, code: string | undefined, character: string | undefined) => {
    if (code === undefined) return character ?? '';
    const point = parseInt(code, 16);
    return point > 0x10ffff ? '\ufffd' : String.fromCodePoint(point);
  });
}
