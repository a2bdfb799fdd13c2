import { hash } from 'node:crypto';
import type { PendingRequests } from '../backchannel/pending-requests.ts';
import type { PendingRequest } from '../backchannel/requested-authentication.ts';
import type { OAuthResponse } from '../transport/exchange.ts';
import { parameter } from '../transport/form.ts';
import type { FormTokens } from './form-tokens.ts';
import { asAsked, chosenOf } from './given-consent.ts';
import type { Interactions } from './interaction.ts';
import type { LoginSessions, OwnSession } from './login-sessions.ts';
import { approvalEndView, approvalView, type ApprovalEnd } from './pages/approval-view.ts';
import { pageAnswer, seeOther } from './pages/page.ts';
import { PageError, type Visit } from './visit.ts';

const LONGEST_ID = 64;
const STATUS: Readonly<Record<ApprovalEnd, number>> = { approved: 200, denied: 200, over: 404 };

/** Where somebody who is signed in answers what a client has asked from another device. OpenID Connect CIBA section 3. */
export class ApprovalPage {
  constructor(
    private readonly sessions: LoginSessions,
    private readonly requests: PendingRequests,
    private readonly interactions: Interactions,
    private readonly tokens: FormTokens,
    private readonly clock: () => number,
  ) {}

  /** Who asks, for what, and what both devices show. */
  async show(visit: Visit): Promise<OAuthResponse> {
    const session = await this.sessions.find(visit.request, visit.route.profile);
    if (session === null) return this.#signIn(visit);
    const pending = await this.#pendingOf(visit, session);
    return pending === null ? this.#end(visit, session, 'over', null) : this.#page(visit, session, pending);
  }

  /** The person has decided. */
  async decide(visit: Visit): Promise<OAuthResponse> {
    const { form, route } = visit;
    const session = await this.sessions.find(visit.request, route.profile);
    if (session === null) return this.#signIn(visit);
    if (!this.tokens.isRight(parameter(form, 'token') ?? '', route.profile.id, 'approval', bound(session, idOf(visit))))
      throw new PageError(403, 'foreign');
    const decision = parameter(form, 'decision');
    if (decision !== 'allow' && decision !== 'deny') throw new PageError(400, 'unreadable');
    const pending = await this.#pendingOf(visit, session);
    if (pending === null) return this.#end(visit, session, 'over', null);
    // The form may be older than that; whoever says no need not show again who they are.
    if (decision === 'allow' && !this.#isRecent(session, pending)) return this.#signIn(visit);
    const counts =
      decision === 'deny'
        ? await this.requests.deny(pending, { kind: 'person' })
        : await this.requests.approve(pending, chosenOf(visit, pending.asked.scopes), authenticationOf(session), { kind: 'person' });
    if (!counts) return this.#end(visit, session, 'over', null);
    return this.#end(visit, session, decision === 'allow' ? 'approved' : 'denied', pending);
  }

  /** One of the person's own: of others nobody is told that there are any. */
  async #pendingOf(visit: Visit, { subject }: OwnSession): Promise<PendingRequest | null> {
    const pending = await this.requests.find(visit.route.profile.id, idOf(visit));
    return pending?.asked.subject === subject ? pending : null;
  }

  #isRecent({ authenticatedAt }: OwnSession, { asked }: PendingRequest): boolean {
    return asked.signInWithin === null || authenticatedAt >= this.clock() - asked.signInWithin;
  }

  #page(visit: Visit, session: OwnSession, pending: PendingRequest): OAuthResponse {
    if (!this.#isRecent(session, pending)) return this.#signIn(visit);
    const { look, route } = visit;
    const { id, scopes, bindingMessage } = pending.asked;
    const view = approvalView(look, {
      ...{ id, username: session.username, bindingMessage, client: clientName(visit, pending), askedAt: pending.createdAt },
      ...{ token: this.tokens.make(route.profile.id, 'approval', bound(session, id)), interaction: this.#backHere(visit) },
      logoutToken: this.tokens.make(route.profile.id, 'logout', [session.cookie]),
      scopes: asAsked(look, route.profile, scopes),
    });
    return pageAnswer(200, look, view);
  }

  #end(visit: Visit, session: OwnSession, end: ApprovalEnd, pending: PendingRequest | null): OAuthResponse {
    const { look, route } = visit;
    const view = approvalEndView(look, {
      ...{ end, username: session.username, interaction: this.#backHere(visit) },
      client: pending === null ? null : clientName(visit, pending),
      logoutToken: this.tokens.make(route.profile.id, 'logout', [session.cookie]),
    });
    return pageAnswer(STATUS[end], look, view);
  }

  #signIn(visit: Visit): OAuthResponse {
    return seeOther(`${visit.look.base}/login?interaction=${encodeURIComponent(this.#backHere(visit))}`);
  }

  /** By it the person comes back from signing in. */
  #backHere(visit: Visit): string {
    const { look, route } = visit;
    return this.interactions.seal({
      ...{ profile: route.profile.id, path: `${look.base}/approve`, clientId: '', parameters: { request: idOf(visit) } },
      ...{ scopes: [], claims: [], at: this.clock(), loginSince: null, consent: null },
    });
  }
}

/** Of the address, of the form, or of what the person comes back with. */
function idOf({ form, asked }: Visit): string {
  return (parameter(form, 'request') ?? asked?.interaction.parameters['request'] ?? '').slice(0, LONGEST_ID);
}

/** A form for one session and one request is none for another. */
function bound({ cookie }: OwnSession, id: string): readonly string[] {
  return [cookie, hash('sha256', id, 'base64url')];
}

function authenticationOf({ authenticatedAt, acr, amr }: OwnSession) {
  return { authenticatedAt, acr, amr };
}

function clientName({ route }: Visit, { clientId }: PendingRequest): string {
  return route.profile.configuredClient(clientId)?.client.name ?? clientId;
}
