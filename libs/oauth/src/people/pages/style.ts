import type { ColorScheme, PageFont, PagesTheme } from '../../configuration/theme-settings.ts';
import type { Color } from './theme/color.ts';
import { paletteOf } from './theme/palette.ts';

/** Fonts that machines have; pages load none. */
const FONTS: Readonly<Record<PageFont, string>> = {
  system: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif',
  humanist: 'Seravek, "Gill Sans Nova", Ubuntu, Calibri, "DejaVu Sans", sans-serif',
  geometric: 'Avenir, Montserrat, Corbel, "URW Gothic", "Century Gothic", sans-serif',
  rounded: 'ui-rounded, "Hiragino Maru Gothic ProN", Quicksand, Comfortaa, Manjari, "Arial Rounded MT Bold", sans-serif',
  serif: 'Charter, "Bitstream Charter", "Sitka Text", Cambria, "DejaVu Serif", serif',
  monospace: 'ui-monospace, "Cascadia Mono", "Source Code Pro", Menlo, Consolas, "DejaVu Sans Mono", monospace',
};

/**
 * The style sheet of all pages. It has names for every colour and size (`--accent`), which a theme's own style sheet can use.
 *
 * @param scheme the only one, whatever the browser likes; null for both
 */
export function styleSheet({ palette, font, cornerRadius }: PagesTheme, accentColor: Color, scheme: ColorScheme | null = null): string {
  const colors = (which: ColorScheme) =>
    Object.entries(paletteOf(which, palette[which], accentColor))
      .map(([name, color]) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}: ${color};`)
      .join(' ');
  const shadows = {
    light: '--shadow: 0 1px 2px rgb(16 24 40 / 6%), 0 12px 32px -8px rgb(16 24 40 / 14%);',
    dark: '--shadow: 0 1px 2px rgb(0 0 0 / 40%), 0 16px 40px -8px rgb(0 0 0 / 50%);',
  };
  const root = (which: ColorScheme) => `:root { ${colors(which)} ${shadows[which]} }`;
  return `:root {
  color-scheme: ${scheme ?? 'light dark'};
  --font: ${FONTS[font]};
  --corner: ${cornerRadius}px; --corner-small: ${Math.round((cornerRadius * 2) / 3)}px;
}
${root(scheme ?? 'light')}
${scheme === null ? `@media (prefers-color-scheme: dark) { ${root('dark')} }` : ''}
${RULES}`;
}

const RULES = `* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  display: flex; flex-direction: column; min-height: 100vh; min-height: 100dvh; margin: 0; padding: 1.5rem 1rem; color: var(--text);
  background: radial-gradient(ellipse 80rem 32rem at 50% -8rem, var(--tint), transparent) no-repeat var(--background);
  font: 1rem/1.5 var(--font); overflow-wrap: anywhere; -webkit-font-smoothing: antialiased;
}
.frame { display: flex; flex: 1; flex-direction: column; width: 100%; max-width: 27rem; margin-inline: auto; }
.frame.wide { max-width: 46rem; }
.brand {
  display: flex; align-items: center; justify-content: center; gap: 0.75rem; margin: 0.5rem 0 1.5rem; font-size: 1.125rem; font-weight: 650;
  letter-spacing: -0.01em; text-align: center;
}
.brand img { display: block; max-width: 100%; height: auto; }
main { padding: 1.5rem; background: var(--surface); border: 1px solid var(--line); border-radius: var(--corner); box-shadow: var(--shadow); }
h1 { margin: 0 0 0.25rem; font-size: 1.5rem; font-weight: 700; line-height: 1.25; letter-spacing: -0.015em; text-wrap: balance; }
h2 { margin: 2.25rem 0 0.75rem; padding-top: 1.75rem; border-top: 1px solid var(--line); font-size: 1.125rem; line-height: 1.3; letter-spacing: -0.01em; }
h3 { margin: 0; font-size: 1rem; }
p { margin: 0.25rem 0 1rem; text-wrap: pretty; }
main > :last-child { margin-bottom: 0; }
p.or { display: flex; align-items: center; gap: 0.75rem; margin: 1.5rem 0 0; color: var(--muted); font-size: 0.875rem; }
p.or::before, p.or::after { content: ""; flex: 1; border-top: 1px solid var(--line); }
p.or + form .actions { margin-top: 1.25rem; }
form + form .actions { margin-top: 0.75rem; }
p.other { margin: 1.25rem 0 0; text-align: center; }
.quiet { color: var(--muted); }
.small { font-size: 0.875rem; }
.badge {
  display: flex; align-items: center; justify-content: center; width: 3.5rem; height: 3.5rem; margin-bottom: 1rem; border-radius: var(--corner-small);
  background: var(--badge); color: var(--text); font-size: 1.5rem; font-weight: 700;
}
.notice { margin: 1.25rem 0; padding: 0.75rem 1rem; border: 1px solid currentColor; border-inline-start-width: 4px; border-radius: var(--corner-small); font-size: 0.9375rem; }
.notice.bad { color: var(--danger); background: var(--danger-ground); }
.notice.good { color: var(--success); background: var(--success-ground); }
label { display: block; margin-top: 1.25rem; font-size: 0.9375rem; font-weight: 600; }
label.choice { display: flex; gap: 0.75rem; align-items: flex-start; margin: 0; font-size: 1rem; font-weight: 400; cursor: pointer; }
label.choice input { flex: none; width: 1.25rem; height: 1.25rem; margin: 0.125rem 0 0; accent-color: var(--accent); }
input[type=text], input[type=password] {
  display: block; width: 100%; min-height: 3rem; margin-top: 0.375rem; padding: 0.5rem 0.875rem; background: var(--surface); color: inherit;
  font: inherit; border: 1px solid var(--border); border-radius: var(--corner-small);
}
input[type=text]:hover, input[type=password]:hover { border-color: var(--text); }
input[aria-invalid=true] { border-color: var(--danger); box-shadow: inset 0 0 0 1px var(--danger); }
.message { padding: 0.75rem 1rem; border: 1px solid var(--line); border-radius: var(--corner-small); background: var(--badge); font-size: 1.25rem; font-weight: 600; text-align: center; }
.code { font: 600 1.5rem/1.4 ui-monospace, "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; letter-spacing: 0.12em; }
p.code { margin: 0.75rem 0; padding: 0.75rem; border-radius: var(--corner-small); background: var(--badge); text-align: center; }
input[type=text].code { font-size: 1.375rem; text-align: center; text-transform: uppercase; }
.hint, .error { margin: 0.375rem 0 0; font-size: 0.875rem; }
.hint { color: var(--muted); }
.error { color: var(--danger); }
button, .button {
  display: inline-flex; align-items: center; justify-content: center; min-height: 2.75rem; padding: 0.5rem 1.25rem; font: inherit; font-weight: 600;
  text-align: center; text-decoration: none; cursor: pointer; border: 1px solid var(--border); border-radius: var(--corner-small);
  background: var(--surface); color: var(--text);
}
button:hover, .button:hover { border-color: var(--text); }
button.main, .button.main { background: var(--accent); color: var(--on-accent); border-color: var(--accent-edge); }
button.main:hover, .button.main:hover { background: var(--accent-hover); }
button.link { min-height: 1.5rem; padding: 0; border: 0; border-radius: 0.25rem; background: none; color: var(--link); font-weight: 400; text-decoration: underline; }
a { color: var(--link); }
a, button.link { text-underline-offset: 0.15em; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.actions { display: flex; flex-wrap: wrap; gap: 0.75rem; margin-top: 1.75rem; }
.actions > * { flex: 1 1 8rem; min-height: 3rem; }
.list { margin: 0; padding: 0; list-style: none; }
.list > li { padding: 0.875rem 0; border-top: 1px solid var(--line); }
.list > li:first-child { border-top: 0; }
.item { display: flex; flex-wrap: wrap; gap: 0.5rem 1rem; align-items: center; justify-content: space-between; }
.item > div { flex: 1 1 14rem; }
.item p { margin: 0; }
.scopes { margin: 0.25rem 0 0; padding-inline-start: 1.25rem; }
.asked { margin: 0 0 1rem; padding: 0; list-style: none; border: 1px solid var(--line); border-radius: var(--corner-small); }
.asked > li { position: relative; padding: 0.75rem 1rem; padding-inline-start: 2.75rem; border-top: 1px solid var(--line); }
.asked > li:first-child { border-top: 0; }
.asked > li:has(> label) { padding-inline-start: 1rem; }
.asked > li:not(:has(> label))::before {
  content: ""; position: absolute; inset-inline-start: 1.125rem; top: 1.0625rem; width: 0.4rem; height: 0.75rem;
  border: solid var(--link); border-width: 0 2px 2px 0; transform: rotate(45deg);
}
footer { display: flex; flex-wrap: wrap; gap: 0.5rem 1.25rem; justify-content: center; margin: 1.5rem 0 0; font-size: 0.875rem; }
footer a { color: var(--muted); text-decoration: none; }
footer a:hover { color: var(--text); text-decoration: underline; }
.unseen { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
input.hidden { position: absolute; width: 1px; height: 1px; min-height: 0; margin: -1px; padding: 0; clip-path: inset(50%); }
.layout-plain { background: var(--surface); }
.layout-plain main { padding: 0; background: none; border: 0; border-radius: 0; box-shadow: none; }
.layout-plain .brand { justify-content: flex-start; text-align: start; }
.layout-plain footer { justify-content: flex-start; }
@media (min-width: 40rem) {
  body { padding-block: 3rem; }
  .frame:not(.wide) { justify-content: center; padding-bottom: 4vh; }
  main { padding: 2.5rem; }
}
@media (min-width: 60rem) {
  .layout-split { padding: 0; background: var(--background); }
  .layout-split .frame { display: grid; grid-template: 1fr auto / minmax(0, 2fr) minmax(0, 3fr); max-width: none; padding: 0; }
  .layout-split .brand { position: sticky; top: 0; grid-row: 1 / -1; flex-direction: column; height: 100vh; margin: 0; padding: 3rem; background: var(--accent); color: var(--on-accent); font-size: 1.75rem; }
  .layout-split main { align-self: center; justify-self: center; width: min(27rem, 100% - 4rem); margin: 3rem 2rem; background: none; border: 0; box-shadow: none; padding: 0; }
  .layout-split .wide main { width: min(44rem, 100% - 4rem); }
  .layout-split footer { grid-column: 2; margin: 0 2rem 2rem; }
}
@media (prefers-reduced-motion: no-preference) {
  button, .button, input { transition: background-color 120ms, border-color 120ms; }
}
@media (forced-colors: active) {
  button, .button, input { border: 1px solid; }
  button.main, .button.main { border-width: 3px; }
  .badge, .message, p.code { border: 1px solid; }
  input[aria-invalid=true] { border-width: 3px; }
}
`;
