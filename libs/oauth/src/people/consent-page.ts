import { hash } from 'node:crypto';
import type { ProfileSnapshot } from '../configuration/snapshot.ts';
import type { ConsentStore } from '../people-stores.ts';
import type { OAuthResponse } from '../transport/exchange.ts';
import { parameter } from '../transport/form.ts';
import { claimConsent, consentedClaim } from './claim-consent.ts';
import type { FormTokens } from './form-tokens.ts';
import type { Consent, Interaction, Interactions } from './interaction.ts';
import type { LoginSessions, OwnSession } from './login-sessions.ts';
import { consentView } from './pages/consent-view.ts';
import { pageAnswer, seeOther, type Look } from './pages/page.ts';
import { PageError, type AskedFor, type Visit } from './visit.ts';

/** Without it a request is none of OpenID Connect: who allows anything allows it. OpenID Connect Core section 3.1.2.1. */
const ALWAYS = 'openid';

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
    const { interaction, sealed, client } = asked;
    const view = consentView(look, {
      ...{ client, interaction: sealed, username: session.username },
      token: this.tokens.make(route.profile.id, 'consent', bound(session, asked)),
      logoutToken: this.tokens.make(route.profile.id, 'logout', [session.cookie]),
      scopes: itemsOf(interaction).map((item) => ({ text: scopeText(look, route.profile, item), isOptional: item !== ALWAYS })),
      host: hostOf(interaction.parameters['redirect_uri']),
    });
    return pageAnswer(200, look, view);
  }

  async submit(visit: Visit): Promise<OAuthResponse> {
    const asked = required(visit);
    const { look, route, form } = visit;
    const session = await this.sessions.find(visit.request, route.profile);
    if (session === null) return seeOther(`${look.base}/login?interaction=${encodeURIComponent(asked.sealed)}`);
    if (!this.tokens.isRight(parameter(form, 'token') ?? '', route.profile.id, 'consent', bound(session, asked)))
      throw new PageError(403, 'foreign');
    const consent = decision(visit, asked, session);
    if (consent.allowed) await this.#remember(visit, asked, session, consent.scopes);
    const answered = this.interactions.seal({ ...asked.interaction, consent });
    return seeOther(`${look.base}/continue?interaction=${encodeURIComponent(answered)}`);
  }

  async #remember(
    { route, settings }: Visit,
    { interaction }: AskedFor,
    { subject }: OwnSession,
    scopes: readonly string[],
  ): Promise<void> {
    const now = this.clock();
    const expiresAt = settings.consentLifetime === null ? null : now + settings.consentLifetime;
    await this.consents.allow({
      ...{ profile: route.profile.id, subject, clientId: interaction.clientId },
      ...{ scopes, createdAt: now, expiresAt },
    });
  }
}

/** All that the person is asked for: scopes, and claims beside them. */
function itemsOf({ scopes, claims }: Interaction): readonly string[] {
  return [...scopes, ...claims.map(claimConsent)];
}

/** What a scope, or a claim as `claimConsent` has it, is called for people. */
export function scopeText({ texts }: Look, { profile }: ProfileSnapshot, scope: string): string {
  const claim = consentedClaim(scope);
  if (claim !== null) {
    const words: Readonly<Record<string, string>> = texts.consent.claims;
    return texts.consent.claim(Object.hasOwn(words, claim) ? (words[claim] ?? claim) : claim.replaceAll('_', ' '));
  }
  const described = Object.hasOwn(profile.scopes, scope) ? profile.scopes[scope]?.description : undefined;
  const known: Readonly<Record<string, string>> = texts.consent.scopes;
  return described ?? (Object.hasOwn(known, scope) ? (known[scope] ?? scope) : scope);
}

function required({ asked }: Visit): AskedFor & { readonly client: string } {
  if (asked?.client == null) throw new PageError(400, 'expired');
  return { ...asked, client: asked.client };
}

/** A form for one session and one interaction is none for another. */
function bound({ cookie }: OwnSession, { sealed }: AskedFor): readonly string[] {
  return [cookie, hash('sha256', sealed, 'base64url')];
}

function decision({ form, settings }: Visit, { interaction }: AskedFor, { id: session }: OwnSession): Consent {
  const said = parameter(form, 'decision');
  if (said !== 'allow' && said !== 'deny') throw new PageError(400, 'unreadable');
  if (said === 'deny') return { session, allowed: false };
  const isChosen = (scope: string, i: number) => !settings.scopeChoice || scope === ALWAYS || form.has(`scope-${i}`);
  return { session, allowed: true, scopes: itemsOf(interaction).filter(isChosen) };
}

/** Apps on the person's own machine have no host that says anything. */
function hostOf(redirectUri: string | undefined): string | null {
  const url = redirectUri === undefined ? null : URL.parse(redirectUri);
  return url?.protocol === 'https:' ? url.host : null;
}
