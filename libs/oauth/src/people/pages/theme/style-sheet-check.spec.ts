import { describe, expect, test } from '@jest/globals';
import { STYLE_SHEET_LENGTH, styleSheetProblem } from './style-sheet-check.ts';

describe('the style sheet of a theme', () => {
  test('may say whatever CSS says that loads nothing', () => {
    expect(
      styleSheetProblem('.brand { color: var(--accent); }\n@media (min-width: 60rem) { main > p::after { content: "\\201C" } }'),
    ).toBeNull();
  });

  test.each([
    ['the end of its element', 'x{}</style><script>alert(1)</script>', /markup/],
    ['an HTML comment', '<!-- x{} -->', /markup/],
    ['an import', '@import "https://elsewhere.example/x.css";', /@import/],
    ['an import in other letters', '@IMPORT url(x)', /@import/],
    ['an import behind an escape', '@\\69mport "x"', /@import/],
    ['an import in two by a comment', '@im/**/port "x"', /@import/],
    ['an address of another host', 'input[value^=a] { background: url(https://elsewhere.example/a) }', /url/],
    ['an address behind an escape', 'x { background: u\\72 l(https://elsewhere.example) }', /url/],
    ['an address behind another escape', 'x { background: \\u\\rl(https://elsewhere.example) }', /url/],
    ['data', 'x { background: url(data:image/svg+xml,x) }', /url/],
    ['a set of images', 'x { background: -webkit-image-set("https://elsewhere.example" 1x) }', /image-set/],
    ['a font', '@font-face { font-family: x; }', /font/],
    ['more than is allowed', 'x'.repeat(STYLE_SHEET_LENGTH + 1), /characters/],
  ])('is refused with %s', (_what, text, words) => {
    expect(styleSheetProblem(text)).toMatch(words);
  });
});
