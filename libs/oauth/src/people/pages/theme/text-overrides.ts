import { en } from '../texts/en.ts';
import type { Texts } from '../texts/texts.ts';

/** What a text names, and whether it has to. */
interface TextKey {
  /** Such as `client`, written `{client}`; null for a text that names nothing. */
  readonly placeholder: string | null;
  readonly isNeeded: boolean;
}

type Leaf = string | ((name: string) => string);
interface Branch {
  readonly [key: string]: Leaf | Branch;
}

const MARK = '\u0001';

/** Every text of the pages by its key, such as `signIn.title`. */
export const TEXT_KEYS: ReadonlyMap<string, TextKey> = new Map(keysOf(en as unknown as Branch, ''));

function keysOf(branch: Branch, path: string): readonly (readonly [string, TextKey])[] {
  return Object.entries(branch).flatMap(([name, value]): readonly (readonly [string, TextKey])[] => {
    const key = `${path}${name}`;
    if (typeof value === 'string') return [[key, { placeholder: null, isNeeded: false }]];
    if (typeof value === 'object') return keysOf(value, `${key}.`);
    return [[key, { placeholder: placeholderOf(key), isNeeded: value(MARK).includes(MARK) }]];
  });
}

function placeholderOf(key: string): string {
  if (key.endsWith('.signedInAs')) return 'username';
  if (key === 'consent.returnsTo') return 'host';
  if (key === 'consent.claim') return 'claim';
  return /^(upstream|links)\./.test(key) ? 'provider' : 'client';
}

const PLACEHOLDER = /\{([A-Za-z]*)\}/g;

/** What keeps a text from standing for a known key; null for nothing. */
export function textProblem(key: string, text: string): string | null {
  const { placeholder, isNeeded } = TEXT_KEYS.get(key) ?? { placeholder: null, isNeeded: false };
  const strange = [...text.matchAll(PLACEHOLDER)].find(([, name]) => name !== placeholder);
  if (strange !== undefined)
    return `has ${strange[0]}, which this text does not know; ${placeholder === null ? 'it has no placeholders' : `it has {${placeholder}}`}`;
  if (isNeeded && placeholder !== null && !text.includes(`{${placeholder}}`)) return `must keep {${placeholder}}: people have to see it`;
  return null;
}

/** Keys of which a language that we do not speak has no text. */
export function missingTexts(texts: Readonly<Record<string, string>>): readonly string[] {
  return [...TEXT_KEYS.keys()].filter((key) => !Object.hasOwn(texts, key));
}

/** The texts with some in place of our own. What stands for a placeholder is put in as it is, and escaped with the rest by the page. */
export function withTexts(texts: Texts, overrides: Readonly<Record<string, string>>): Texts {
  return branchWith(texts as unknown as Branch, '', overrides) as unknown as Texts;
}

function branchWith(branch: Branch, path: string, overrides: Readonly<Record<string, string>>): Branch {
  return Object.fromEntries(
    Object.entries(branch).map(([name, value]): [string, Leaf | Branch] => {
      const key = `${path}${name}`;
      if (typeof value === 'object') return [name, branchWith(value, `${key}.`, overrides)];
      const text = Object.hasOwn(overrides, key) ? overrides[key] : undefined;
      if (text === undefined) return [name, value];
      return [name, typeof value === 'string' ? text : (named: string) => text.replace(PLACEHOLDER, () => named)];
    }),
  );
}
