import type { ColorScheme, PaletteMember, PaletteSettings } from '../../../configuration/theme-settings.ts';
import { contrast, mix, reach, textOn, type Color } from './color.ts';

/** Every colour of the pages in one scheme: those that can be configured, and those that follow from them. */
export type Palette = Readonly<Record<PaletteMember | DerivedMember, Color>>;

type DerivedMember = 'onAccent' | 'accentEdge' | 'accentHover' | 'tint' | 'badge' | 'line' | 'dangerGround' | 'successGround';

/** What text needs, and what controls and their states need. WCAG 2.2, 1.4.3 and 1.4.11. */
const TEXT = 4.5;
const CONTROL = 3;

const USUAL: Readonly<Record<ColorScheme, Readonly<Record<Exclude<PaletteMember, 'accent' | 'link'>, Color>>>> = {
  light: {
    ...{ background: '#f3f5f9', surface: '#ffffff', text: '#161b26', muted: '#545d6e', border: '#7f8898' },
    ...{ danger: '#b01217', success: '#12612f' },
  },
  dark: {
    ...{ background: '#0d1017', surface: '#171b24', text: '#e9ecf3', muted: '#a6afbf', border: '#737d8f' },
    ...{ danger: '#ff9a94', success: '#8cdba8' },
  },
};

/** The colours of a scheme: as configured, and where nothing is said such that they go with what is. */
export function paletteOf(scheme: ColorScheme, given: PaletteSettings, accentColor: Color): Palette {
  const usual = USUAL[scheme];
  const surface =
    given.surface ?? (given.background === undefined || scheme === 'light' ? usual.surface : mix(given.background, '#ffffff', 0.05));
  const background =
    given.background ?? (given.surface === undefined ? usual.background : mix(surface, '#000000', scheme === 'light' ? 0.04 : 0.35));
  const grounds = [surface, background];
  const near = (color: Color, ratio: number, on = grounds) => reach(color, on, ratio) ?? color;
  // A brand's own colour stays as it is in the light, and its buttons get an edge; in the dark it becomes light enough.
  const accent = given.accent ?? (scheme === 'light' ? accentColor : near(accentColor, CONTROL, [surface]));
  const text = given.text ?? near(usual.text, TEXT);
  const danger = given.danger ?? near(usual.danger, TEXT);
  const success = given.success ?? near(usual.success, TEXT);
  const onAccent = textOn(accent);
  return {
    ...{ surface, background, accent, text, danger, success, onAccent },
    muted: given.muted ?? near(usual.muted, TEXT),
    border: given.border ?? near(usual.border, CONTROL, [surface]),
    link: given.link ?? near(accent, TEXT),
    accentEdge: near(accent, CONTROL, [surface]),
    accentHover: mix(accent, onAccent === '#ffffff' ? '#000000' : '#ffffff', 0.12),
    tint: groundOf(background, accent, text, 0.1),
    badge: groundOf(surface, accent, text, 0.14),
    line: mix(surface, text, 0.14),
    dangerGround: groundOf(surface, danger, danger, 0.09),
    successGround: groundOf(surface, success, success, 0.09),
  };
}

/** As much of a colour in a ground as leaves what stands on it readable. */
function groundOf(ground: Color, color: Color, text: Color, most: number): Color {
  const share = [most, most / 2, most / 4].find((part) => contrast(text, mix(ground, color, part)) >= TEXT);
  return share === undefined ? ground : mix(ground, color, share);
}

/** Two colours of a scheme that do not stand out enough. */
export interface PaletteProblem {
  /** The member of the configuration that is to be changed. */
  readonly member: PaletteMember;
  readonly message: string;
}

const PAIRS: readonly (readonly [PaletteMember, 'surface' | 'background', number])[] = [
  ...(['text', 'muted', 'link'] as const).flatMap((member) => [[member, 'surface', TEXT] as const, [member, 'background', TEXT] as const]),
  ...[['danger', 'surface', TEXT] as const, ['success', 'surface', TEXT] as const],
  ...[['border', 'surface', CONTROL] as const, ['accent', 'surface', CONTROL] as const],
];

/** What of a configured palette cannot be read, or not be told apart: each pair with its ratio, what it needs, and a colour that would do. */
export function paletteProblems(scheme: ColorScheme, given: PaletteSettings, accentColor: Color): readonly PaletteProblem[] {
  const palette = paletteOf(scheme, given, accentColor);
  return PAIRS.flatMap(([member, ground, needed]): readonly PaletteProblem[] => {
    // What nobody has configured is derived: an accent that does not stand out has an edge that does.
    if (given[member] === undefined && (given[ground] === undefined || member === 'accent')) return [];
    const ratio = contrast(palette[member], palette[ground]);
    if (ratio >= needed) return [];
    const what = needed === TEXT ? 'text needs 4.5:1 (WCAG 2.2, 1.4.3)' : 'controls need 3:1 (WCAG 2.2, 1.4.11)';
    const better = reach(palette[member], [palette[ground]], needed);
    const hint = better === null ? '' : `; ${better} would do`;
    // Rounded down, so that 4.499 is not shown as what is needed.
    const shown = (Math.floor(ratio * 100) / 100).toFixed(2);
    return [
      {
        member: given[member] === undefined ? ground : member,
        message: `${member} ${palette[member]} on ${ground} ${palette[ground]} has a contrast of ${shown}:1 in the ${scheme} scheme, but ${what}${hint}`,
      },
    ];
  });
}
