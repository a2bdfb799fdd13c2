import { describe, expect, test } from '@jest/globals';
import { PAGE_LOCALES } from '../../configuration/endpoint-settings.ts';
import { chooseLocale, TEXTS } from './locale.ts';

describe('the language of pages', () => {
  test.each([
    ['what the client asks for (OpenID Connect Core 3.1.2.1)', 'fr de-AT en', 'sv', 'de'],
    ['what the browser likes best (RFC 9110 12.5.4)', undefined, 'fr;q=0.9, de;q=0.5, sv;q=0.8', 'sv'],
    ['nothing that the browser refuses', undefined, 'sv;q=0, de;q=0.1', 'de'],
    ['the region does not matter', undefined, 'SV-fi', 'sv'],
    ['the first one there is, for those who read none', 'fr', 'fr, *;q=0.5', 'en'],
    ['the first one there is, where nothing is said', undefined, undefined, 'en'],
    ['the first one there is, for nonsense', ' ; ', ';;,q=x,,-,__proto__', 'en'],
  ])('is %s', (_what, uiLocales, acceptLanguage, expected) => {
    expect(chooseLocale(PAGE_LOCALES, uiLocales, acceptLanguage)).toBe(expected);
  });

  test('is one of those that are offered', () => {
    expect(chooseLocale(['sv', 'en'], 'de', 'de')).toBe('sv');
  });

  test('says everything in its own words', () => {
    const said = (texts: object): string[] =>
      Object.values(texts).flatMap((value: unknown): string[] =>
        typeof value === 'object' && value !== null
          ? said(value)
          : [typeof value === 'function' ? (value as (name: string) => string)('NAME') : String(value)],
      );
    const [first, ...others] = PAGE_LOCALES.map((locale) => said(TEXTS[locale]));
    for (const other of others) {
      expect(other).toHaveLength(first?.length ?? 0);
      expect(other.filter((text, i) => text === first?.[i])).toEqual([]);
      // What names somebody in one language does in all.
      expect(other.map((text) => text.includes('NAME'))).toEqual(first?.map((text) => text.includes('NAME')));
    }
    for (const text of [first, ...others].flat()) expect(text).toMatch(/^\S.*\S$/s);
  });
});
