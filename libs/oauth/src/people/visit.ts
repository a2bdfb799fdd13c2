import type { UserPagesSettings } from '../configuration/endpoint-settings.ts';
import type { Route, Snapshot } from '../configuration/snapshot.ts';
import type { OAuthRequest, OAuthResponse } from '../transport/exchange.ts';
import { parameter, type Form } from '../transport/form.ts';
import type { Interaction, Interactions } from './interaction.ts';
import { html } from './pages/html.ts';
import { pageAnswer, type Look } from './pages/page.ts';
import { notice } from './pages/views.ts';
import type { Texts } from './pages/texts/texts.ts';

/** One request for a page, with what was found out about it. */
export interface Visit {
  readonly request: OAuthRequest;
  readonly route: Route;
  readonly snapshot: Snapshot;
  readonly settings: UserPagesSettings;
  readonly look: Look;
  /** Of the query, or of the form that was sent. */
  readonly form: Form;
  /** What the person is asked for; null where nobody asks. */
  readonly asked: AskedFor | null;
}

/** An interaction that can go on. */
export interface AskedFor {
  readonly interaction: Interaction;
  readonly sealed: string;
  /** What the client is called; null where nobody knows yet which it is, or the page itself says it. */
  readonly client: string | null;
}

/** The page does not do what was asked of it: shown to the person in words of its own. */
export class PageError extends Error {
  constructor(
    readonly status: number,
    readonly reason: Exclude<keyof Texts['failed'], 'title'>,
  ) {
    super(reason);
    this.name = 'PageError';
  }
}

/**
 * What the interaction of a request is; null where it names none.
 *
 * @throws PageError for one that is over or made up, of a client that is gone, or that goes back to neither an authorize endpoint nor a page of ours
 */
export async function askedFor(form: Form, route: Route, snapshot: Snapshot, interactions: Interactions): Promise<AskedFor | null> {
  const sealed = parameter(form, 'interaction');
  if (sealed === undefined) return null;
  const interaction = interactions.open(sealed, route.profile.id);
  if (interaction === null) throw new PageError(400, 'expired');
  return stillAsked(interaction, sealed, route, snapshot);
}

/** An interaction whose client and endpoint are there now. @throws PageError */
export async function stillAsked(interaction: Interaction, sealed: string, route: Route, snapshot: Snapshot): Promise<AskedFor> {
  const { profile, endpoint } = route;
  const isOf = (page: string) => interaction.path === `${endpoint.path}/${page}`;
  if (isOf('approve') || isOf('device')) return { interaction, sealed, client: null };
  const client = await profile.findClient(interaction.clientId);
  const back = snapshot.routes.get(interaction.path);
  const isAuthorization = back?.endpoint.kind === 'oauth-authorize' && back.profile.id === profile.id;
  if (client === undefined || !(isAuthorization || isOf('device/confirm'))) throw new PageError(400, 'expired');
  return { interaction, sealed, client: client.client.name };
}

/** The answer where a page does not do what was asked of it. */
export function failedAnswer(look: Look, { status, reason }: PageError, headers: readonly string[] = []): OAuthResponse {
  const { title, ...texts } = look.texts.failed;
  return pageAnswer(
    status,
    look,
    {
      title,
      content: html`<h1>${title}</h1>
        ${notice('bad', texts[reason])}`,
    },
    headers,
  );
}
