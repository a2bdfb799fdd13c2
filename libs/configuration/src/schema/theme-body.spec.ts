import { describe, expect, test } from '@jest/globals';
import { PLAIN_THEME, TEXT_KEYS } from '#libs/oauth';
import { checkShape, pointerOf } from './shape.ts';
import { userPagesBody } from './user-pages-body.ts';

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

function problems(theme: object, more: object = {}): readonly (readonly [string, string])[] {
  const shaped = checkShape(userPagesBody, { theme, ...more });
  return shaped.ok ? [] : shaped.problems.map(({ path, message }) => [pointerOf(path), message]);
}

describe('the theme of pages', () => {
  test('may say nothing', () => {
    expect(userPagesBody.parse({ theme: {} }).theme).toEqual(PLAIN_THEME);
  });

  test('may say everything', () => {
    const theme = {
      ...{ logo: { base64: PIXEL }, darkLogo: { base64: PIXEL }, logoAlt: 'Example' },
      palette: { light: { accent: '#0f766e', text: '#111827' }, dark: { surface: '#111827' } },
      ...{ font: 'serif', cornerRadius: 0, layout: 'split' },
      links: { help: 'https://example.com/help', privacy: { en: 'https://example.com/p', de: 'https://example.com/d' }, terms: null },
      ...{ texts: { en: { 'signIn.title': 'Log in' } }, stylesheet: '.brand { color: var(--accent); }' },
    };
    expect(problems(theme)).toEqual([]);
    expect(userPagesBody.parse({ theme }).theme).toEqual(theme);
  });

  test.each([
    ['a logo that is no image', { logo: { base64: btoa('<svg onload=alert(1)>') } }, '/theme/logo', /can carry scripts/],
    ['a logo that is not base64', { logo: { base64: 'x!' } }, '/theme/logo', /is not base64/],
    ['a logo from elsewhere', { logo: 'https://elsewhere.example/logo.png' }, '/theme/logo', /must be a mapping/],
    ['a giant logo', { logo: { base64: 'A'.repeat(200_000) } }, '/theme/logo/base64', /at most 131072 bytes|at most 17/],
    ['a logo for the dark alone', { darkLogo: { base64: PIXEL } }, '/theme/darkLogo', /goes with "logo" only/],
    ['a colour that is more than one', { palette: { light: { text: 'red;} body{' } } }, '/theme/palette/light/text', /must be a colour/],
    [
      'a text that cannot be read',
      { palette: { light: { text: '#aaaaaa' } } },
      '/theme/palette/light/text',
      /2\.\d\d:1 in the light scheme.*would do/,
    ],
    ['a misspelt colour', { palette: { dark: { acent: '#ffffff' } } }, '/theme/palette/dark/acent', /did you mean "accent"/],
    ['a font that is a style', { font: 'x; } body { display: none' }, '/theme/font', /must be one of/],
    ['a corner that is a text', { cornerRadius: '1px;' }, '/theme/cornerRadius', /must be a/],
    ['a link that is a script', { links: { help: 'javascript:alert(1)' } }, '/theme/links/help', /https URL/],
    ['a link in the clear', { links: { terms: { en: 'http://example.com/' } } }, '/theme/links/terms/en', /https URL/],
    ['a misspelt text', { texts: { en: { 'signIn.titel': 'x' } } }, '/theme/texts/en/signIn.titel', /did you mean "signIn\.title"/],
    ['a text that hides who asks', { texts: { en: { 'consent.title': 'Fine?' } } }, '/theme/texts/en/consent.title', /must keep {client}/],
    ['a text that turns others around', { texts: { en: { 'signIn.title': 'a\u202eb' } } }, '/theme/texts/en/signIn.title', /control/],
    ['texts of a language that nobody sees', { texts: { fr: {} } }, '/theme/texts/fr', /is not one of "locales"/],
    ['a style sheet that loads', { stylesheet: '@import "https://elsewhere.example";' }, '/theme/stylesheet', /@import/],
  ])('may not have %s', (_what, theme, pointer, words) => {
    expect(problems(theme)).toContainEqual([pointer, expect.stringMatching(words)]);
  });

  test('has all texts of a further language, or says which it has not', () => {
    const all = Object.fromEntries(
      [...TEXT_KEYS].map(([key, { placeholder }]) => [key, placeholder === null ? 'x' : `x {${placeholder}}`]),
    );
    const { 'signIn.title': _title, ...others } = all;
    expect(problems({ texts: { fr: all } }, { locales: ['fr', 'en'] })).toEqual([]);
    expect(problems({ texts: { fr: others } }, { locales: ['fr'] })).toEqual([
      ['/theme/texts/fr', 'is a language of its own, and has no text for signIn.title'],
    ]);
    expect(problems({ texts: { fr: {} } }, { locales: ['fr'] })[0]?.[1]).toMatch(/signIn\.title, .* and \d+ more$/);
    expect(problems({}, { locales: ['fr'] })).toEqual([
      ['/locales/0', '"fr" is none of ours (en, de, sv): give all its texts in "theme.texts.fr"'],
    ]);
  });
});
