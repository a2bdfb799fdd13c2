import { html } from './html.ts';
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
  readonly said: 'signedOut' | 'again' | null;
}

/** Where somebody signs in. */
export function loginView(look: Look, { token, interaction, client, username, problem, said }: LoginView): PageParts {
  const { signIn } = look.texts;
  const problemText = problem === null ? null : signIn[problem];
  const isOfFields = problem === 'wrong' || problem === 'incomplete';
  const described = isOfFields ? html` aria-describedby="problem" aria-invalid="true"` : null;
  return {
    title: signIn.title,
    content: html`<h1>${signIn.title}</h1>
      ${client === null ? null : html`<p class="quiet">${signIn.forClient(client)}</p>`}
      ${notice('good', said === null ? null : signIn[said])}${notice('bad', problemText, 'problem')}
      ${form(
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
      )}`,
  };
}
