import { scopeList, type AskedScope } from './consent-view.ts';
import { html, type Html } from './html.ts';
import type { Look, PageParts } from './page.ts';
import { badge, form, moment } from './views.ts';

/** How a request has ended; `over` also for one of somebody else. */
export type ApprovalEnd = 'approved' | 'denied' | 'over';

export interface ApprovalView {
  /** Of the request. */
  readonly id: string;
  readonly token: string;
  readonly logoutToken: string;
  /** By which somebody else comes back. */
  readonly interaction: string;
  readonly client: string;
  readonly username: string;
  readonly scopes: readonly AskedScope[];
  /** What the other device shows; null for nothing. */
  readonly bindingMessage: string | null;
  readonly askedAt: number;
}

/** Where somebody answers what a client has asked from another device. */
export function approvalView(look: Look, view: ApprovalView): PageParts {
  const { approval, consent } = look.texts;
  const { client, bindingMessage } = view;
  const title = approval.title(client);
  const compare = html`<p id="compare">${approval.compare}</p>
    <p class="message" aria-labelledby="compare">${bindingMessage}</p>`;
  return {
    title,
    content: html`${badge(client)}
      <h1>${title}</h1>
      <p class="quiet">${consent.signedInAs(view.username)}</p>
      <p class="quiet small">${approval.askedAt} ${moment(look, view.askedAt)}</p>
      ${bindingMessage === null ? null : compare}
      ${form(
        look,
        '/approve',
        view.token,
        { request: view.id },
        html`${scopeList(look, consent.asksFor(client), view.scopes)}
          <p class="notice bad" role="note">${approval.warning}</p>
          <div class="actions">
            <button name="decision" value="deny">${consent.deny}</button>
            <button class="main" name="decision" value="allow">${consent.allow}</button>
          </div>`,
      )}
      ${somebodyElse(look, view)}`,
  };
}

export interface ApprovalEndView {
  readonly end: ApprovalEnd;
  readonly client: string | null;
  readonly username: string;
  readonly logoutToken: string;
  readonly interaction: string;
}

/** What became of it. */
export function approvalEndView(look: Look, view: ApprovalEndView): PageParts {
  const { approval, consent } = look.texts;
  const { title, text } = approval[view.end];
  return {
    title,
    content: html`<h1>${title}</h1>
      <p class="quiet">${consent.signedInAs(view.username)}</p>
      <p role="status">${text(view.client ?? '')}</p>
      <p class="small"><a href="${look.base}/account">${look.texts.account.title}</a></p>
      ${view.end === 'over' ? somebodyElse(look, view) : null}`,
  };
}

function somebodyElse(look: Look, { logoutToken, interaction }: Pick<ApprovalView, 'logoutToken' | 'interaction'>): Html {
  const button = html`<p class="small other"><button class="link">${look.texts.consent.somebodyElse}</button></p>`;
  return form(look, '/logout', logoutToken, { interaction }, button);
}
