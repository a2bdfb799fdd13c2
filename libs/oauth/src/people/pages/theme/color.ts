/** A colour of sRGB as `#rrggbb`: the only form that configurations may have, so that none can be more than a colour. */
export type Color = string;

const WHITE: Color = '#ffffff';
const BLACK: Color = '#000000';

/** How much two colours stand out from each other, from 1 to 21. WCAG 2.2, contrast ratio. */
export function contrast(a: Color, b: Color): number {
  const [one, other] = [luminance(a), luminance(b)];
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
}

/** Black or white, whichever stands out more: by 4.58 to 1 at least. */
export function textOn(ground: Color): Color {
  return contrast(WHITE, ground) >= contrast(BLACK, ground) ? WHITE : BLACK;
}

/** A share of the second colour in the first, from 0 to 1. */
export function mix(a: Color, b: Color, share: number): Color {
  const [from, to] = [channels(a), channels(b)];
  return `#${from
    .map((value, i) => Math.round(value + ((to[i] ?? 0) - value) * share).toString(16))
    .map((text) => text.padStart(2, '0'))
    .join('')}`;
}

/** The colour itself, or what is nearest to it on the way to black or to white and stands out enough from all grounds; null for none. */
export function reach(color: Color, grounds: readonly Color[], ratio: number): Color | null {
  for (let step = 0; step <= STEPS; step++) {
    const candidates = [mix(color, BLACK, step / STEPS), mix(color, WHITE, step / STEPS)];
    const found = candidates.find((candidate) => grounds.every((ground) => contrast(candidate, ground) >= ratio));
    if (found !== undefined) return found;
  }
  return null;
}

const STEPS = 50;

/** WCAG 2.2, relative luminance. */
function luminance(color: Color): number {
  const [red = 0, green = 0, blue = 0] = channels(color).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function channels(color: Color): readonly number[] {
  return [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
}
