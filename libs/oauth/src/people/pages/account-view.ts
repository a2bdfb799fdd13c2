import { html, type Html } from './html.ts';
import { linksSection, type ShownLinks } from './links-view.ts';
import type { Look, PageParts } from './page.ts';
import { form, moment, notice, passwordField, spokenName } from './views.ts';

/** A client that the person has allowed something. */
export interface AllowedClient {
  readonly id: string;
  readonly name: string;
  /** In words. */
  readonly scopes: readonly string[];
  readonly since: number;
  /** When it last got a token; null where none is kept. */
  readonly lastUsed: number | null;
}

/** What a client has asked from another device. */
export interface WaitingRequest {
  readonly id: string;
  readonly client: string;
  /** What the other device shows; null for nothing. */
  readonly message: string | null;
  readonly since: number;
}

/** A browser in which the person is signed in. */
export interface ListedSession {
  readonly id: string;
  readonly since: number;
  readonly lastSeen: number;
  readonly isThis: boolean;
}

export type PasswordTrouble = 'wrong' | 'tooShort' | 'tooLong' | 'isUsername' | 'differs';
export type AccountNews = 'application' | 'session' | 'password' | 'linked' | 'unlinked' | 'link-taken' | 'link-failed' | 'link-last';
const BAD_NEWS: ReadonlySet<AccountNews> = new Set(['link-taken', 'link-failed', 'link-last']);

export interface AccountView {
  readonly token: string;
  readonly logoutToken: string;
  readonly username: string;
  readonly waiting: readonly WaitingRequest[];
  readonly clients: readonly AllowedClient[];
  readonly sessions: readonly ListedSession[];
  readonly links: ShownLinks;
  readonly hasPassword: boolean;
  readonly said: AccountNews | null;
  readonly trouble: PasswordTrouble | null;
}

/** Where people see what they have allowed and where they are signed in, and end it. */
export function accountView(look: Look, view: AccountView): PageParts {
  const { account, password, links } = look.texts;
  const news: Readonly<Record<AccountNews, string>> = {
    ...{ application: account.removed, session: account.sessionEnded, password: password.changed },
    ...{ linked: links.linked, unlinked: links.removed, 'link-taken': links.taken, 'link-failed': links.failed, 'link-last': links.last },
  };
  const isManaged = look.settings.selfService;
  return {
    title: account.title,
    wide: isManaged,
    content: html`<h1>${account.title}</h1>
      <div class="item">
        <p class="quiet">${account.signedInAs(view.username)}</p>
        ${form(look, '/logout', view.logoutToken, {}, html`<button>${account.signOut}</button>`)}
      </div>
      ${view.said === null ? null : notice(BAD_NEWS.has(view.said) ? 'bad' : 'good', news[view.said])}
      ${view.waiting.length === 0 ? null : waiting(look, view)}
      ${isManaged ? html`${applications(look, view)}${sessions(look, view)}${linksSection(look, view.links, view.token)}` : null}
      ${view.hasPassword ? passwordForm(look, view) : null}`,
  };
}

function waiting(look: Look, { waiting: requests }: AccountView): Html {
  const { approval } = look.texts;
  return html`<section aria-labelledby="waiting">
    <h2 id="waiting">${approval.waiting}</h2>
    <ul class="list">
      ${requests.map(
        ({ id, client, message, since }) =>
          html`<li class="item">
            <div>
              <h3>${client}</h3>
              ${message === null ? null : html`<p>${message}</p>`}
              <p class="quiet small">${approval.askedAt} ${moment(look, since)}</p>
            </div>
            <a
              class="button main"
              href="${look.base}/approve?request=${id}"
              aria-label="${spokenName(approval.answer, approval.answerWhich(client))}"
              >${approval.answer}</a
            >
          </li>`,
      )}
    </ul>
  </section>`;
}

function applications(look: Look, { clients, token }: AccountView): Html {
  const { account } = look.texts;
  return html`<section aria-labelledby="applications">
    <h2 id="applications">${account.applications}</h2>
    ${clients.length === 0 ? html`<p class="quiet">${account.noApplications}</p>` : null}
    <ul class="list">
      ${clients.map(
        ({ id, name, scopes, since, lastUsed }) =>
          html`<li class="item">
            <div>
              <h3>${name}</h3>
              ${
                scopes.length === 0
                  ? null
                  : html`<ul class="scopes small">
                      ${scopes.map((scope) => html`<li>${scope}</li>`)}
                    </ul>`
              }
              <p class="quiet small">
                ${account.allowedSince}
                ${moment(look, since)}${lastUsed === null ? null : html`<br />${account.lastUsed} ${moment(look, lastUsed)}`}
              </p>
            </div>
            ${form(
              look,
              '/account/applications',
              token,
              { client: id },
              html`<button aria-label="${spokenName(account.remove, account.removeWhich(name))}">${account.remove}</button>`,
            )}
          </li>`,
      )}
    </ul>
  </section>`;
}

function sessions(look: Look, { sessions: listed, token }: AccountView): Html {
  const { account } = look.texts;
  return html`<section aria-labelledby="sessions">
    <h2 id="sessions">${account.sessions}</h2>
    <ul class="list">
      ${listed.map(
        ({ id, since, lastSeen, isThis }) =>
          html`<li class="item">
            <div>
              ${isThis ? html`<h3>${account.thisSession}</h3>` : null}
              <p class="small">${account.signedInSince} ${moment(look, since)},<br />${account.lastSeen} ${moment(look, lastSeen)}</p>
            </div>
            ${isThis ? null : form(look, '/account/sessions', token, { session: id }, html`<button>${account.endSession}</button>`)}
          </li>`,
      )}
    </ul>
    ${listed.length < 2 ? null : form(look, '/account/sessions', token, {}, html`<p><button>${account.endOthers}</button></p>`)}
  </section>`;
}

function passwordForm(look: Look, { token, username, trouble }: AccountView): Html {
  const { password } = look.texts;
  const said = (field: 'current' | 'fresh' | 'repeated', ...troubles: readonly PasswordTrouble[]) => ({
    error: trouble !== null && troubles.includes(trouble) ? password[trouble] : null,
    focus: trouble !== null && troubles.includes(trouble),
    name: field,
    label: password[field],
  });
  return html`<section aria-labelledby="password-title">
    <h2 id="password-title">${password.title}</h2>
    ${form(
      look,
      '/account/password',
      token,
      {},
      html`<input
          type="text"
          class="hidden"
          name="username"
          autocomplete="username"
          value="${username}"
          tabindex="-1"
          aria-hidden="true"
          readonly
        />
        ${passwordField({ ...said('current', 'wrong'), autocomplete: 'current-password' })}
        ${passwordField({ ...said('fresh', 'tooShort', 'tooLong', 'isUsername'), autocomplete: 'new-password', hint: password.hint })}
        ${passwordField({ ...said('repeated', 'differs'), autocomplete: 'new-password' })}
        <div class="actions"><button class="main">${password.submit}</button></div>`,
    )}
  </section>`;
}
