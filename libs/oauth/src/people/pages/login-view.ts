import { html, type Html } from './html.ts';
import type { Look, PageParts } from './page.ts';
import { form, notice, passwordField } from './views.ts';

export type LoginProblem = 'wrong' | 'incomplete' | 'stale' | 'busy';

export interface LoginView {
  readonly token: string;
  readonly interaction: string | null;
  /** Name of the client that the person signs in for. */
  readonly client: string | null;
  readonly username: string;
  readonly problem: LoginProblem | null;
  /** What else keeps the person from going on, in words. */
  readonly trouble: string | null;
  readonly said: 'signedOut' | 'again' | null;
  /** Whether people sign in by passwords. */
  readonly passwords: boolean;
  /** Other providers by which people sign in, with what they are called. */
  readonly upstreams: readonly { readonly name: string; readonly text: string }[];
}

/** Where somebody signs in. */
export function loginView(look: Look, view: LoginView): PageParts {
  const { client, problem, trouble, said } = view;
  const { signIn } = look.texts;
  return {
    title: signIn.title,
    content: html`<h1>${signIn.title}</h1>
      ${client === null ? null : html`<p class="quiet">${signIn.forClient(client)}</p>`}
      ${notice('good', said === null ? null : signIn[said])}${notice('bad', problem === null ? trouble : signIn[problem], 'problem')}
      ${view.passwords ? passwordForm(look, view) : null}${upstreamForms(look, view)}`,
  };
}

function passwordForm(look: Look, { token, interaction, username, problem }: LoginView): Html {
  const { signIn } = look.texts;
  const isOfFields = problem === 'wrong' || problem === 'incomplete';
  const described = isOfFields ? html` aria-describedby="problem" aria-invalid="true"` : null;
  return form(
    look,
    '/login',
    token,
    { interaction },
    html`<label for="username">${signIn.username}</label>
      <input
        id="username"
        name="username"
        type="text"
        autocomplete="username"
        autocapitalize="none"
        spellcheck="false"
        required
        maxlength="128"
        value="${username}"
        ${described}${username === '' ? html` autofocus` : null}
      />
      ${passwordField({ name: 'password', label: signIn.password, autocomplete: 'current-password', focus: username !== '' })}
      <div class="actions"><button class="main">${signIn.submit}</button></div>`,
  );
}

function upstreamForms(look: Look, { token, interaction, passwords, upstreams }: LoginView): Html | null {
  if (upstreams.length === 0) return null;
  const { upstream } = look.texts;
  const forms = upstreams.map(({ name, text }) =>
    form(
      look,
      '/login/upstream',
      token,
      { interaction, provider: name },
      html`<div class="actions"><button${passwords ? null : html` class="main"`}>${upstream.with(text)}</button></div>`,
    ),
  );
  return html`${passwords ? html`<p class="or">${upstream.or}</p>` : null}${forms}`;
}
