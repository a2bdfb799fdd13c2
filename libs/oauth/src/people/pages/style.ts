/** The style sheet of all pages. Colours keep a contrast of 4.5 to 1, in the light and in the dark. WCAG 2.2, 1.4.3. */
export function styleSheet(accentColor: string): string {
  return `:root {
  color-scheme: light dark;
  --page: #f1f3f7; --card: #ffffff; --text: #1a1f29; --quiet: #555e6e; --line: #c9cfda; --field: #8a93a3;
  --bad: #a4161a; --bad-ground: #fdeeee; --good: #14602f; --good-ground: #e9f6ee; --link: #1a4fb4;
  --accent: ${accentColor}; --on-accent: ${textOn(accentColor)};
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12151b; --card: #1c2129; --text: #e9ecf2; --quiet: #a9b2c1; --line: #3a4250; --field: #7a8496;
    --bad: #ffb4b0; --bad-ground: #43191b; --good: #a6e3b9; --good-ground: #143322; --link: #9fc1ff;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; padding: 1rem; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; overflow-wrap: anywhere;
}
.frame { width: 100%; max-width: 26rem; margin: 0 auto; }
.frame.wide { max-width: 42rem; }
.brand { margin: 1rem 0; font-size: 1.125rem; font-weight: 600; text-align: center; }
main { padding: 1.5rem; background: var(--card); border: 1px solid var(--line); border-radius: 0.75rem; }
h1 { margin: 0 0 0.25rem; font-size: 1.5rem; line-height: 1.25; }
h2 { margin: 2rem 0 0.75rem; padding-top: 1.5rem; border-top: 1px solid var(--line); font-size: 1.125rem; line-height: 1.3; }
h3 { margin: 0; font-size: 1rem; }
p { margin: 0.25rem 0 1rem; }
p.or { margin: 1.25rem 0 0; text-align: center; color: var(--quiet); }
p.or + form .actions { margin-top: 1.25rem; }
form + form .actions { margin-top: 0.75rem; }
p.other { margin: 1.25rem 0 0; text-align: center; }
.quiet { color: var(--quiet); }
.small { font-size: 0.875rem; }
.notice { margin: 1rem 0; padding: 0.75rem 1rem; border: 1px solid currentColor; border-radius: 0.5rem; }
.notice.bad { color: var(--bad); background: var(--bad-ground); }
.notice.good { color: var(--good); background: var(--good-ground); }
label { display: block; margin-top: 1rem; font-weight: 600; }
label.choice { display: flex; gap: 0.75rem; align-items: flex-start; margin: 0; font-weight: 400; }
label.choice input { flex: none; width: 1.25rem; height: 1.25rem; margin: 0.125rem 0 0; accent-color: var(--accent); }
input[type=text], input[type=password] {
  display: block; width: 100%; min-height: 2.75rem; margin-top: 0.25rem; padding: 0.5rem 0.75rem; background: var(--card); color: inherit;
  font: inherit; border: 1px solid var(--field); border-radius: 0.5rem;
}
input[aria-invalid=true] { border: 2px solid var(--bad); }
.message { padding: 0.75rem 1rem; border: 1px solid var(--line); border-radius: 0.5rem; font-size: 1.25rem; font-weight: 600; text-align: center; }
.code { font: 600 1.5rem/1.4 ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace; letter-spacing: 0.1em; }
p.code { margin: 0.75rem 0; text-align: center; }
input.code { font-size: 1.25rem; text-transform: uppercase; }
.hint, .error { margin: 0.25rem 0 0; font-size: 0.875rem; }
.hint { color: var(--quiet); }
.error { color: var(--bad); }
button, .button {
  display: inline-block; min-height: 2.75rem; padding: 0.5rem 1.25rem; font: inherit; font-weight: 600; text-align: center; text-decoration: none;
  cursor: pointer; border: 1px solid var(--field); border-radius: 0.5rem; background: transparent; color: inherit;
}
button.main, .button.main { background: var(--accent); color: var(--on-accent); border-color: var(--accent); }
button:hover, .button:hover { border-color: currentColor; }
button.link { min-height: 1.5rem; padding: 0; border: 0; border-radius: 0.25rem; color: var(--link); font-weight: 400; text-decoration: underline; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.actions { display: flex; flex-wrap: wrap; gap: 0.75rem; margin-top: 1.5rem; }
.actions > * { flex: 1 1 8rem; }
.list { margin: 0; padding: 0; list-style: none; }
.list > li { padding: 0.75rem 0; border-top: 1px solid var(--line); }
.list > li:first-child { border-top: 0; }
.item { display: flex; flex-wrap: wrap; gap: 0.5rem 1rem; align-items: center; justify-content: space-between; }
.item > div { flex: 1 1 14rem; }
.item p { margin: 0; }
.scopes { margin: 0.25rem 0 0; padding-left: 1.25rem; }
input.hidden { position: absolute; width: 1px; height: 1px; min-height: 0; margin: -1px; padding: 0; clip-path: inset(50%); }
@media (min-width: 40rem) {
  body { padding: 2rem 1rem; }
  main { padding: 2rem; }
}
@media (forced-colors: active) {
  button, .button, input { border: 1px solid; }
}
`;
}

/** Black or white, whichever stands out more. WCAG 2.2, relative luminance. */
function textOn(color: string): string {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = parseInt(color.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 ? '#ffffff' : '#000000';
}
