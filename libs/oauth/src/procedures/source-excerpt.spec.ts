import { describe, expect, test } from '@jest/globals';
import { sourceExcerpt } from './source-excerpt.ts';

describe('the excerpt of a source', () => {
  test('is the line with a mark below the column; tabs stay, so that the mark is where it belongs', () => {
    expect(sourceExcerpt('a\n\tconst x = ;\nb', 2, 12)).toEqual(['    2 | \tconst x = ;', '      | \t          ^']);
    expect(sourceExcerpt('a', 1)).toEqual(['    1 | a', '      | ^']);
    expect(sourceExcerpt(`${'\n'.repeat(99)}x y`, 100, 3)).toEqual(['    100 | x y', '        |   ^']);
  });

  test('counts lines as engines do', () => {
    expect(sourceExcerpt('1\r\n2\r3\u20284\n5', 5, 1)[0]).toBe('    5 | 5');
  });

  test('of a long line has the part around the column', () => {
    const source = `${'a'.repeat(500)}!${'b'.repeat(500)}`;
    const [shown = '', mark = ''] = sourceExcerpt(source, 1, 501);
    expect(shown.length).toBeLessThan(140);
    expect(shown[mark.indexOf('^')]).toBe('!');
    expect(shown).toMatch(/\| …a+!b+…$/);
    const [last = '', lastMark = ''] = sourceExcerpt(source, 1, 1001);
    expect(last[lastMark.indexOf('^')]).toBe('b');
    const [first = '', firstMark = ''] = sourceExcerpt(source, 1, 1);
    expect(first[firstMark.indexOf('^')]).toBe('a');
  });

  test('of a line that is not there is nothing', () => {
    expect(sourceExcerpt('a', 2, 1)).toEqual([]);
  });
});
