import { html, type Html } from './html.ts';
import type { Look } from './page.ts';
import { form, moment, spokenName } from './views.ts';

/** Who a person is at another provider. */
export interface ShownLink {
  readonly issuer: string;
  readonly subject: string;
  /** What the provider is called. */
  readonly text: string;
  readonly since: number;
  /** Null for never. */
  readonly lastUsed: number | null;
}

export interface ShownLinks {
  readonly linked: readonly ShownLink[];
  /** Those that the account may be linked to besides. */
  readonly offered: readonly { readonly name: string; readonly text: string }[];
}

/** Where people see by which other providers they sign in, and change it; nothing where there is none. */
export function linksSection(look: Look, { linked, offered }: ShownLinks, token: string): Html | null {
  const { links } = look.texts;
  if (linked.length + offered.length === 0) return null;
  return html`<section aria-labelledby="links">
    <h2 id="links">${links.title}</h2>
    ${linked.length === 0 ? html`<p class="quiet">${links.text}</p>` : null}
    <ul class="list">
      ${linked.map(
        ({ issuer, subject, text, since, lastUsed }) =>
          html`<li class="item">
            <div>
              <h3>${text}</h3>
              <p class="quiet small">
                ${links.since} ${moment(look, since)}${lastUsed === null ? null : html`<br />${links.lastUsed} ${moment(look, lastUsed)}`}
              </p>
            </div>
            ${form(
              look,
              '/account/links/remove',
              token,
              { issuer, subject },
              html`<button aria-label="${spokenName(links.remove, links.removeWhich(text))}">${links.remove}</button>`,
            )}
          </li>`,
      )}
    </ul>
    ${offered.map(({ name, text }) => form(look, '/account/links', token, { provider: name }, html`<p><button>${links.link(text)}</button></p>`))}
  </section>`;
}
