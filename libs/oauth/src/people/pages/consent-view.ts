import { html, type Html } from './html.ts';
import type { Look, PageParts } from './page.ts';
import { badge, form } from './views.ts';

/** What a scope is called, and whether the person may leave it out. */
export interface AskedScope {
  readonly text: string;
  readonly isOptional: boolean;
}

export interface ConsentView {
  readonly token: string;
  readonly logoutToken: string;
  readonly interaction: string;
  readonly client: string;
  readonly username: string;
  readonly scopes: readonly AskedScope[];
  /** Where the client is, if it is on the web. */
  readonly host: string | null;
}

/** Where somebody says what a client may do. */
export function consentView(look: Look, view: ConsentView): PageParts {
  const { consent } = look.texts;
  const { client, interaction, scopes, host } = view;
  const title = consent.title(client);
  return {
    title,
    content: html`${badge(client)}
      <h1>${title}</h1>
      <p class="quiet">${consent.signedInAs(view.username)}</p>
      ${form(
        look,
        '/consent',
        view.token,
        { interaction },
        html`${scopes.length === 0 ? html`<p>${consent.asksForNothing(client)}</p>` : scopeList(look, consent.asksFor(client), scopes)}
          <p class="quiet small">
            ${host === null ? null : `${consent.returnsTo(host)} `}${look.settings.selfService ? consent.takeBackLater : null}
          </p>
          <div class="actions">
            <button name="decision" value="deny">${consent.deny}</button>
            <button class="main" name="decision" value="allow">${consent.allow}</button>
          </div>`,
      )}
      ${form(look, '/logout', view.logoutToken, { interaction }, html`<p class="small other"><button class="link">${consent.somebodyElse}</button></p>`)}`,
  };
}

/** What is asked for, to choose from where people may. */
export function scopeList({ settings }: Look, title: string, scopes: readonly AskedScope[]): Html {
  const items = scopes.map(({ text, isOptional }, i) => {
    if (!settings.scopeChoice) return html`<li>${text}</li>`;
    const fixed = isOptional ? null : html` disabled`;
    return html`<li>
      <label class="choice"><input type="checkbox" name="scope-${i}" value="on" checked${fixed} /><span>${text}</span></label>
    </li>`;
  });
  return html`<p id="asked">${title}</p>
    <ul class="asked" aria-labelledby="asked">
      ${items}
    </ul>`;
}
