import { html, type Html } from './html.ts';
import type { Look } from './page.ts';

/** A form that goes to one of our pages, with the token that says it came from one. */
export function form(look: Look, path: string, token: string, hidden: Readonly<Record<string, string | null>>, content: Html): Html {
  const fields = Object.entries<string | null>({ token, ...hidden }).filter((entry): entry is [string, string] => entry[1] !== null);
  return html`<form method="post" action="${look.base}${path}">
    ${fields.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" /> `)}${content}
  </form>`;
}

export interface PasswordField {
  readonly name: string;
  readonly label: string;
  readonly autocomplete: 'current-password' | 'new-password';
  readonly hint?: string;
  readonly error?: string | null;
  readonly focus?: boolean;
}

/** A labelled field for a password, with what is to be said about it tied to it. */
export function passwordField({ name, label, autocomplete, hint, error = null, focus = false }: PasswordField): Html {
  const notes = [...(hint === undefined ? [] : [`${name}-hint`]), ...(error === null ? [] : [`${name}-error`])].join(' ');
  const described = notes === '' ? null : html` aria-describedby="${notes}"`;
  const invalid = error === null ? null : html` aria-invalid="true"`;
  return html`<label for="${name}">${label}</label>
    <input
      id="${name}"
      name="${name}"
      type="password"
      autocomplete="${autocomplete}"
      required
      maxlength="1024"
      ${described}${invalid}${focus ? html` autofocus` : null}
    />
    ${hint === undefined ? null : html`<p class="hint" id="${name}-hint">${hint}</p>`}${error === null ? null : html`<p class="error" id="${name}-error">${error}</p>`}`;
}

/** Something that is said at the top of a page: `alert` is read out at once. */
export function notice(kind: 'good' | 'bad', text: string | null, id?: string): Html | null {
  if (text === null) return null;
  return html`<p class="notice ${kind}" role="${kind === 'bad' ? 'alert' : 'status'}" ${id === undefined ? null : html` id="${id}"`}>
    ${text}
  </p>`;
}

/** A moment, in the words of the language. The service does not know where the person is, so it says which time it means. */
export function moment({ locale }: Look, seconds: number): Html {
  const date = new Date(seconds * 1000);
  const text = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' }).format(date);
  return html`<time datetime="${date.toISOString()}">${text} UTC</time>`;
}

/** The first letter of a client's name, to look at. Logos that clients register are loaded from nowhere: they would tell who was asked. */
export function badge(client: string): Html {
  const [first] = [...new Intl.Segmenter().segment(client.trim().slice(0, 32))];
  return html`<div class="badge" aria-hidden="true">${first?.segment.toUpperCase() ?? null}</div>`;
}

/** What a control is called by those who hear it: what others see is part of it, whatever a theme has made of both texts. WCAG 2.2, 2.5.3. */
export function spokenName(seen: string, spoken: string): string {
  return spoken.toLowerCase().includes(seen.toLowerCase()) ? spoken : `${seen}: ${spoken}`;
}
