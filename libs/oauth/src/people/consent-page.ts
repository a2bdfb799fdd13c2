import type { ProfileSnapshot } from '../configuration/snapshot.ts';
import type { ConsentStore } from '../people-stores.ts';
import type { OAuthResponse } from '../transport/exchange.ts';
import { parameter } from '../transport/form.ts';
import type { FormTokens } from './form-tokens.ts';
import { askedScopes, boundToBoth, decisionOf, rememberConsent } from './given-consent.ts';
import type { Interactions } from './interaction.ts';
import type { LoginSessions } from './login-sessions.ts';
import { consentView } from './pages/consent-view.ts';
import { pageAnswer, seeOther } from './pages/page.ts';
import { PageError, type AskedFor, type Visit } from './visit.ts';

/** Where somebody says what a client may do. The answer goes back sealed into the interaction, for this session alone. */
export class ConsentPage {
  constructor(
    private readonly sessions: LoginSessions,
    private readonly consents: ConsentStore,
    private readonly interactions: Interactions,
    private readonly tokens: FormTokens,
    private readonly clock: () => number,
  ) {}

  async show(visit: Visit): Promise<OAuthResponse> {
    const asked = required(visit);
    const { look, route } = visit;
    const session = await this.sessions.find(visit.request, route.profile);
    if (session === null) return seeOther(`${look.base}/login?interaction=${encodeURIComponent(asked.sealed)}`);
    const { sealed, client } = asked;
    const view = consentView(look, {
      ...{ client, interaction: sealed, username: session.username },
      token: this.tokens.make(route.profile.id, 'consent', boundToBoth(session, asked)),
      logoutToken: this.tokens.make(route.profile.id, 'logout', [session.cookie]),
      scopes: askedScopes(look, route.profile, asked),
      host: hostOf(await returnAddressOf(asked, route.profile)),
    });
    return pageAnswer(200, look, view);
  }

  async submit(visit: Visit): Promise<OAuthResponse> {
    const asked = required(visit);
    const { look, route, form } = visit;
    const session = await this.sessions.find(visit.request, route.profile);
    if (session === null) return seeOther(`${look.base}/login?interaction=${encodeURIComponent(asked.sealed)}`);
    if (!this.tokens.isRight(parameter(form, 'token') ?? '', route.profile.id, 'consent', boundToBoth(session, asked)))
      throw new PageError(403, 'foreign');
    const consent = decisionOf(visit, asked, session);
    if (consent.allowed) await rememberConsent(this.consents, visit, asked, session, consent.scopes, this.clock());
    const answered = this.interactions.seal({ ...asked.interaction, consent });
    return seeOther(`${look.base}/continue?interaction=${encodeURIComponent(answered)}`);
  }
}

/** Devices are asked about on a page of their own. */
function required({ asked }: Visit): AskedFor & { readonly client: string } {
  if (asked?.client == null || asked.interaction.device !== undefined) throw new PageError(400, 'expired');
  return { ...asked, client: asked.client };
}

/** A client with one redirect URI may leave it out of its request. RFC 6749 section 3.1.2.3. */
async function returnAddressOf({ interaction }: AskedFor, profile: ProfileSnapshot): Promise<string | undefined> {
  const [only, ...others] = (await profile.findClient(interaction.clientId))?.client.authorizationCode?.redirectUris ?? [];
  return interaction.parameters['redirect_uri'] ?? (others.length === 0 ? only : undefined);
}

/** Apps on the person's own machine have no host that says anything. */
function hostOf(redirectUri: string | undefined): string | null {
  const url = redirectUri === undefined ? null : URL.parse(redirectUri);
  return url?.protocol === 'https:' ? url.host : null;
}
