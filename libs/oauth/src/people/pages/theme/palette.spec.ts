import { describe, expect, test } from '@jest/globals';
import { PALETTE_MEMBERS, type ColorScheme } from '../../../configuration/theme-settings.ts';
import { contrast, reach, textOn } from './color.ts';
import { paletteOf, paletteProblems } from './palette.ts';

describe('the contrast of two colours', () => {
  test.each([
    ['#000000', '#ffffff', 21],
    ['#777777', '#ffffff', 4.48],
    ['#767676', '#ffffff', 4.54],
    ['#1d4ed8', '#1d4ed8', 1],
  ])('of %s and %s is %d (WCAG 2.2)', (a, b, ratio) => {
    expect(contrast(a, b)).toBeCloseTo(ratio, 2);
    expect(contrast(b, a)).toBeCloseTo(ratio, 2);
  });

  test('of a text on any ground is 4.5 at least', () => {
    for (let i = 0; i < 4096; i++) {
      const ground = `#${[i >> 8, (i >> 4) & 15, i & 15].map((digit) => digit.toString(16).repeat(2)).join('')}`;
      expect(contrast(textOn(ground), ground)).toBeGreaterThanOrEqual(4.5);
    }
  });

  test('is reached by the nearest colour there is, or by none', () => {
    expect(reach('#777777', ['#ffffff'], 4.5)).toBe('#757575');
    expect(reach('#777777', ['#ffffff', '#000000'], 5)).toBeNull();
  });
});

/** What every palette must be, for whatever accent. */
const NEEDED = [
  ...(['text', 'muted', 'link'] as const).flatMap((member) => [[member, 'surface', 4.5] as const, [member, 'background', 4.5] as const]),
  ...[['danger', 'surface', 4.5] as const, ['success', 'surface', 4.5] as const, ['danger', 'dangerGround', 4.5] as const],
  ...[['success', 'successGround', 4.5] as const, ['onAccent', 'accent', 4.5] as const, ['onAccent', 'accentHover', 4.5] as const],
  ...[
    ['text', 'tint', 4.5] as const,
    ['text', 'badge', 4.5] as const,
    ['border', 'surface', 3] as const,
    ['accentEdge', 'surface', 3] as const,
  ],
];

describe('a palette', () => {
  test.each(['light', 'dark'] as const)('can be read in the %s with any accent colour, where nothing else is said', (scheme) => {
    for (const accent of ['#1d4ed8', '#0f766e', '#7c2d12', '#ffe066', '#ffffff', '#000000', '#ff0000', '#00ff00', '#808080']) {
      const palette = paletteOf(scheme, {}, accent);
      for (const [member, ground, ratio] of NEEDED)
        expect([accent, member, ground, contrast(palette[member], palette[ground]) >= ratio]).toEqual([accent, member, ground, true]);
    }
  });

  test('follows from the grounds that were set', () => {
    const palette = paletteOf('light', { surface: '#102a43', background: '#061a2e' }, '#ffd166');
    for (const [member, ground, ratio] of NEEDED) expect(contrast(palette[member], palette[ground])).toBeGreaterThanOrEqual(ratio);
    expect(palette).toMatchObject({ surface: '#102a43', background: '#061a2e', accent: '#ffd166' });
  });

  test('has the brand as it is in the light, and lighter in the dark until a button can be seen', () => {
    expect(paletteOf('light', {}, '#172554').accent).toBe('#172554');
    const dark = paletteOf('dark', {}, '#172554');
    expect(contrast(dark.accent, dark.surface)).toBeGreaterThanOrEqual(3);
  });

  const problems = (scheme: ColorScheme, given: object) =>
    paletteProblems(scheme, given, '#1d4ed8').map(({ member, message }) => [member, message]);

  test('that cannot be read is refused with the pair, the ratio, what is needed and what would do (WCAG 2.2, 1.4.3)', () => {
    expect(problems('light', { text: '#777777', background: '#ffffff' })).toEqual([
      [
        'text',
        'text #777777 on surface #ffffff has a contrast of 4.47:1 in the light scheme, but text needs 4.5:1 (WCAG 2.2, 1.4.3); #757575 would do',
      ],
      [
        'text',
        'text #777777 on background #ffffff has a contrast of 4.47:1 in the light scheme, but text needs 4.5:1 (WCAG 2.2, 1.4.3); #757575 would do',
      ],
    ]);
    expect(problems('dark', { accent: '#171b24' })[0]).toEqual([
      'accent',
      expect.stringMatching(/^accent #171b24 on surface #171b24 has a contrast of 1\.00:1 in the dark scheme, but controls need 3:1/),
    ]);
  });

  test('is blamed on the ground where that alone was set', () => {
    // No text reads on both.
    expect(problems('light', { surface: '#555555', background: '#bbbbbb' }).map(([member]) => member)).toContain('surface');
  });

  test('has nothing wrong where nothing was set', () => {
    for (const scheme of ['light', 'dark'] as const) expect(problems(scheme, {})).toEqual([]);
    expect(PALETTE_MEMBERS).toHaveLength(9);
  });
});
