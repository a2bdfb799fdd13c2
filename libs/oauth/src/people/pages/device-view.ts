import { scopeList, type AskedScope } from './consent-view.ts';
import { html } from './html.ts';
import type { Look, PageParts } from './page.ts';
import { badge, form, notice } from './views.ts';

/** What keeps a code from being taken. */
export type CodeProblem = 'unknown' | 'malformed' | 'tooMany';

export interface CodeView {
  readonly token: string;
  readonly logoutToken: string;
  /** By which somebody else comes back. */
  readonly interaction: string;
  readonly username: string;
  /** What was typed, or came along in the address. */
  readonly code: string;
  readonly problem: CodeProblem | null;
}

/** Where somebody enters the code that a device shows. RFC 8628 section 3.3. */
export function codeView(look: Look, { token, logoutToken, interaction, username, code, problem }: CodeView): PageParts {
  const { device, consent } = look.texts;
  const isWrong = problem === 'unknown' || problem === 'malformed';
  const described = html` aria-describedby="user_code-hint${isWrong ? ' problem' : ''}"${isWrong ? html` aria-invalid="true"` : null}`;
  return {
    title: device.title,
    content: html`<h1>${device.title}</h1>
      <p class="quiet">${consent.signedInAs(username)}</p>
      ${notice('bad', problem === null ? null : device[problem], 'problem')}
      ${form(
        look,
        '/device',
        token,
        {},
        html`<label for="user_code">${device.code}</label>
          <input
            id="user_code"
            name="user_code"
            type="text"
            class="code"
            autocomplete="off"
            autocapitalize="characters"
            spellcheck="false"
            required
            maxlength="64"
            value="${code}"
            ${described}${code === '' || isWrong ? html` autofocus` : null}
          />
          <p class="hint" id="user_code-hint">${code === '' || problem !== null ? device.hint : device.check}</p>
          <div class="actions"><button class="main">${device.submit}</button></div>`,
      )}
      ${form(look, '/logout', logoutToken, { interaction }, html`<p class="small other"><button class="link">${consent.somebodyElse}</button></p>`)}`,
  };
}

export interface DeviceView {
  readonly token: string;
  readonly logoutToken: string;
  readonly interaction: string;
  readonly client: string;
  readonly username: string;
  readonly code: string;
  readonly scopes: readonly AskedScope[];
}

/** Where somebody says whether it is their device, and what it may do. RFC 8628 sections 3.3.1 and 5.4. */
export function deviceView(look: Look, view: DeviceView): PageParts {
  const { device, consent } = look.texts;
  const { client, interaction, scopes, code } = view;
  const title = device.allow(client);
  return {
    title,
    content: html`${badge(client)}
      <h1>${title}</h1>
      <p class="quiet">${consent.signedInAs(view.username)}</p>
      <p>${device.compare}</p>
      <p class="code" aria-label="${device.code}">${code}</p>
      <p class="notice bad" role="note">${device.warning}</p>
      ${form(
        look,
        '/device/confirm',
        view.token,
        { interaction },
        html`${scopes.length === 0 ? html`<p>${consent.asksForNothing(client)}</p>` : scopeList(look, consent.asksFor(client), scopes)}
          <p class="quiet small">${look.settings.selfService ? consent.takeBackLater : null}</p>
          <div class="actions">
            <button name="decision" value="deny">${consent.deny}</button>
            <button class="main" name="decision" value="allow">${consent.allow}</button>
          </div>`,
      )}
      ${form(look, '/logout', view.logoutToken, { interaction }, html`<p class="small other"><button class="link">${consent.somebodyElse}</button></p>`)}`,
  };
}

/** How it ended: allowed, denied, or over before anything was decided here. */
export type DeviceEnd = 'approved' | 'denied' | 'late';

export function deviceEndView(look: Look, end: DeviceEnd, client: string): PageParts {
  const { device } = look.texts;
  const { title, text } = device[end];
  return {
    title,
    content: html`<h1>${title}</h1>
      ${notice(end === 'late' ? 'bad' : 'good', text(client))}
      ${end === 'late' ? html`<p><a class="button" href="${look.base}/device">${device.another}</a></p>` : html`<p class="quiet">${device.close}</p>`}`,
  };
}
