import type { AttemptBrake } from '../client/attempt-brake.ts';
import type { ClientAuthentication } from '../client/client-authentication.ts';
import type { RegisteredClient } from '../client/registered-client.ts';
import type { Route, Snapshot } from '../configuration/snapshot.ts';
import { OAuthError } from '../errors.ts';
import { CeilingError } from '../issuance/claims.ts';
import type { Account } from '../people-stores.ts';
import type { ProcedureExecutor, Returned } from '../procedures/procedure-executor.ts';
import { responseHeaders } from '../procedures/response-headers.ts';
import type { TokenCommit } from '../token/token-commit.ts';
import { TokenExecution, type Delegations } from '../token/token-execution.ts';
import { jsonResponse, requireFormPost, type OAuthRequest, type OAuthResponse } from '../transport/exchange.ts';
import { parseAuthorizationForm, type Form } from '../transport/form.ts';
import { authenticationRequest, type AuthenticationRequest } from './authentication-request.ts';
import type { HintedPeople } from './hinted-people.ts';
import type { MadeRequest, PendingRequests, Waiting } from './pending-requests.ts';
import { requestAnswer } from './request-answer.ts';
import { requestTerms } from './request-terms.ts';
import type { SignedRequests } from './signed-request.ts';

const FLOW = 'oauth-backchannel-authentication';
/** Requests of one client that wait for one person: nobody is to be worn down until they say yes. */
const MOST_WAITING = 5;
/** Seconds. */
const RETRY_LATER = 60;

/** What the endpoint is made of. */
export interface BackchannelAuthenticationEndpointParts {
  readonly clients: ClientAuthentication;
  readonly signed: SignedRequests;
  readonly people: HintedPeople;
  readonly requests: PendingRequests;
  /** Slows down who looks for names that there are. */
  readonly guesses: AttemptBrake;
  readonly procedures: ProcedureExecutor;
  readonly commits: TokenCommit;
  readonly delegations: Delegations;
  readonly clock: () => number;
}

/**
 * The backchannel authentication endpoint, OpenID Connect CIBA section 7: authenticate the client, find out who is meant, keep the
 * request, run the flow's procedure, which has the person asked, and answer what the client polls with.
 */
export class BackchannelAuthenticationEndpoint {
  constructor(private readonly parts: BackchannelAuthenticationEndpointParts) {}

  /** @throws OAuthError */
  async handle(request: OAuthRequest, route: Route, snapshot: Snapshot): Promise<OAuthResponse> {
    const { clients, signed, clock } = this.parts;
    const { profile } = route;
    requireFormPost(request);
    const sent = parseAuthorizationForm(request.body);
    const client = await clients.authenticate(profile, request, sent);
    if (!client.may('backchannel-authentication'))
      throw new OAuthError('unauthorized_client', 'The client may not have people authenticated by the backchannel.');
    const form = await signed.resolved(sent, client, profile);
    const asked = authenticationRequest(form, client, route);
    const person = await this.parts.people.find(asked.hint, client, profile, request.path, clock());
    if (person === null) {
      await this.parts.guesses.failed(profile.id, client.id, request.clientIpAddress);
      throw new OAuthError('unknown_user_id', 'The hint names nobody who could be asked.');
    }
    const made = await this.#keep(asked, person, route);
    try {
      return await this.#haveAsked(request, form, client, person, made, route, snapshot);
    } catch (error) {
      // What its client never hears of must not ask anybody.
      await this.parts.requests.withdraw(made);
      throw error;
    }
  }

  async #keep(asked: AuthenticationRequest, { id: subject }: Account, { profile, endpoint }: Route): Promise<MadeRequest> {
    const { requests } = this.parts;
    const { client, scopes, resources, bindingMessage, acrValues } = asked;
    const waiting = await requests.of(profile.id, subject);
    if (waiting.filter(({ clientId }) => clientId === client.id).length >= MOST_WAITING)
      throw new OAuthError('temporarily_unavailable', 'The person has several requests of the client to answer first.', {
        retryAfter: RETRY_LATER,
      });
    const settings = endpoint.backchannelAuthentication;
    if (settings === null) throw new Error(`endpoint ${endpoint.id} has no settings for backchannel authentication`);
    const lifetime = Math.min(asked.requestedExpiry ?? settings.lifetime, settings.maximumLifetime);
    const wait: Waiting = { lifetime, interval: settings.interval };
    const requested = { subject, scopes, resources, bindingMessage, acrValues, signInWithin: settings.signInWithin };
    return requests.make(profile.id, client.id, requested, wait);
  }

  async #haveAsked(
    request: OAuthRequest,
    form: Form,
    client: RegisteredClient,
    person: Account,
    made: MadeRequest,
    route: Route,
    snapshot: Snapshot,
  ): Promise<OAuthResponse> {
    const { procedures, delegations, clock } = this.parts;
    const { id, scopes, bindingMessage, acrValues } = made.asked;
    const pages = snapshot.advertised(route.profile, 'user-pages');
    const terms = requestTerms(scopes, person, {
      ...{ id, bindingMessage, acrValues, lifetime: made.expiresAt - made.createdAt },
      page: pages === undefined ? null : `${pages}/approve?request=${id}`,
    });
    const token = { request, form, route, client, now: made.createdAt, confirmation: null };
    const execution = new TokenExecution(token, FLOW, terms, delegations);
    const returned = await procedures.run(execution);
    const headers = responseHeaders(returned.effects, (message) => procedures.fault(execution, message));
    await this.#commit(execution, returned, made.createdAt);
    const left = Math.max(1, made.expiresAt - clock());
    const answer = requestAnswer(returned.response, { auth_req_id: made.value, expires_in: left, interval: made.interval });
    return jsonResponse(200, answer, headers);
  }

  /** Nothing can be issued here, but delegations can be ended and buckets filled. */
  async #commit(execution: TokenExecution, returned: Returned, at: number): Promise<void> {
    const { procedures, commits } = this.parts;
    try {
      const { effects, requires } = await execution.effects(returned.effects);
      if (effects.length > 0) await commits.commit({ at, effects, requires, claim: null });
    } catch (error) {
      if (error instanceof CeilingError) throw procedures.fault(execution, error.message);
      throw error;
    }
  }
}
