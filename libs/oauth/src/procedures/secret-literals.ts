import { masked } from './masking.ts';

/** A secret of fewer characters cannot be told from ordinary text: it is not looked for. */
const SHORTEST = 4;
/** The same of its encoded forms that begin or end within a byte. */
const SHORTEST_ENCODED = 6;
/** JSON text within JSON text, so many times over. */
const DEEPEST_JSON = 3;

/**
 * The secrets that a run has read, in every form in which a script is likely to let one slip: plain, without the line breaks
 * around and within it, within JSON text, base64 and base64url at any place of a longer text, hexadecimal, percent-encoded.
 * It finds mistakes; a script that wants to hide what it gives away can.
 */
export class SecretLiterals {
  readonly #forms = new Map<string, readonly string[]>();

  add(name: string, value: string): void {
    if (value.length >= SHORTEST) this.#forms.set(name, formsOf(value));
  }

  /** The name of a secret whose literal is in one of the texts; null when none is. */
  within(...texts: readonly string[]): string | null {
    for (const [name, forms] of this.#forms) if (forms.some((form) => texts.some((text) => text.includes(form)))) return name;
    return null;
  }

  mask(text: string): string {
    let result = text;
    for (const forms of this.#forms.values()) result = masked(result, forms, '[secret]', SHORTEST);
    return result;
  }
}

/** Whether a text holds one of the tokens, in one of the forms in which a secret would be found. */
export function carriesOneOf(text: string, tokens: readonly string[]): boolean {
  return tokens.some((token) => token.length >= SHORTEST && formsOf(token).some((form) => text.includes(form)));
}

/** What a text is with the label in place of every whole form of a value; for texts that are passed on. */
export function withoutValue(text: string, value: string, label: string): string {
  return formsOf(value).reduce((rest, form) => rest.replaceAll(form, () => label), text);
}

/** Longest first, so that masking leaves no end of a longer form behind. */
function formsOf(value: string): readonly string[] {
  // A secret read from a file ends with a line break that scripts take off, and a key in PEM has them within.
  const lines = value.split(/[\r\n]+/).filter((line) => !line.startsWith('-----'));
  const variants = [value, value.trim(), lines.join('')].filter((variant) => variant.length >= SHORTEST);
  return [...new Set(variants.flatMap(encodedForms))].sort((a, b) => b.length - a.length);
}

function encodedForms(value: string): readonly string[] {
  const escaped = [value];
  // Members often hold JSON text themselves, and are written as JSON once more.
  for (let level = 0; level < DEEPEST_JSON; level++) escaped.push(JSON.stringify(escaped.at(-1)).slice(1, -1));
  return [...escaped, ...[...new Set(escaped.slice(0, 2))].flatMap(byteForms)];
}

function byteForms(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  const hex = bytes.toString('hex');
  const percent = encodeURIComponent(value.toWellFormed());
  const everyByte = hex.replace(/../g, '%$&');
  return [
    ...[hex, hex.toUpperCase(), everyByte, everyByte.toUpperCase()],
    ...[percent, percent.replace(/%../g, (code) => code.toLowerCase()), new URLSearchParams({ '': value }).toString().slice(1)],
    ...base64Forms(bytes).filter((form) => form.length >= SHORTEST_ENCODED),
  ];
}

/** Whole, and as it looks inside longer text: by how many bytes stand before it, without the characters it shares with others. */
function base64Forms(bytes: Buffer): readonly string[] {
  const whole = bytes.toString('base64').replace(/=+$/, '');
  const inside = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    return text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
  });
  const standard = [whole, ...inside];
  return [...standard, ...standard.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'))];
}
