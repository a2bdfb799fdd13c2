import { keptClaims, NO_CLAIMS } from '../authorize/claims-request.ts';
import type { RegisteredClient } from '../client/registered-client.ts';
import type { Route } from '../configuration/snapshot.ts';
import { OAuthError } from '../errors.ts';
import { CeilingError } from '../issuance/claims.ts';
import type { People } from '../people/people.ts';
import { claimsOfScopes, releasedClaims, requestedAttributes } from '../people/scope-claims.ts';
import type { DelegationView } from '../procedures/host-calls.ts';
import type { ProcedureExecutor } from '../procedures/procedure-executor.ts';
import type { GuestEffect } from '../procedures/sandbox.ts';
import type { ActiveTokens } from '../resource/active-tokens.ts';
import { denial, tokenWanted, type Challenge } from '../resource/denial.ts';
import { presentedAccessToken, type PresentedAccessToken } from '../resource/presented-access-token.ts';
import type { TokenCommit } from '../token/token-commit.ts';
import { scopeNames } from '../token/scope.ts';
import { TokenExecution, type Delegations } from '../token/token-execution.ts';
import { requireFormPost, type OAuthRequest, type OAuthResponse } from '../transport/exchange.ts';
import { NO_FORM, parameter, parseForm, type Form } from '../transport/form.ts';
import { userinfoAnswer } from './userinfo-answer.ts';
import { userinfoTerms } from './userinfo-terms.ts';

const FLOW = 'openid-userinfo';
/** What a token needs to tell who somebody is. OpenID Connect Core section 5.3. */
const OPENID = 'openid';

/** What the endpoint is made of. */
export interface UserinfoEndpointParts {
  /** Null where nobody has an account. */
  readonly people: People | null;
  readonly tokens: ActiveTokens;
  readonly procedures: ProcedureExecutor;
  readonly delegations: Delegations;
  readonly commits: TokenCommit;
  readonly clock: () => number;
}

/** Tells a client about the person whose access token it has. OpenID Connect Core section 5.3. */
export class UserinfoEndpoint {
  constructor(private readonly parts: UserinfoEndpointParts) {}

  /** @throws OAuthError */
  async handle(request: OAuthRequest, route: Route): Promise<OAuthResponse> {
    const { people, procedures, delegations, clock } = this.parts;
    const { profile } = route;
    const challenge: Challenge = { realm: profile.issuer, resourceMetadata: null };
    const form = formOf(request);
    const presented = presentedBy(request, form);
    if (presented === null) throw tokenWanted(challenge, [OPENID]);
    if (presented === 'malformed') throw denial('invalid_request', 'The Authorization header is malformed.', 'Bearer', challenge);
    const now = clock();
    const { token, client } = await this.parts.tokens.require(presented, request, route, challenge, now);
    if (token.subject === client.id) throw denial('invalid_token', 'The access token is of no person.', presented.scheme, challenge);
    // The token may have less than its delegation.
    const { scope } = JSON.parse(token.data) as { scope: string };
    const scopes = new Set(scopeNames(scope).list.filter((name) => token.scopes.has(name)));
    if (!scopes.has(OPENID)) throw denial('insufficient_scope', 'The access token lacks a scope.', presented.scheme, challenge, [OPENID]);

    const attributes = (await people?.attributes(profile.id, token.subject)) ?? {};
    const released = this.#released(attributes, scopes, token.delegation, client, route);
    const known = profile.subjectFor(client, token.subject);
    const terms = userinfoTerms(presented, { ...token, scopes }, attributes, { ...released, sub: known });
    const execution = new TokenExecution({ request, form: NO_FORM, route, client, now, confirmation: null }, FLOW, terms, delegations);
    const returned = await procedures.run(execution);
    const { sub } = JSON.parse(returned.response) as { sub?: unknown };
    // Clients compare it with the id token's: another would be somebody else. OpenID Connect Core section 5.3.2.
    if (sub !== known && sub !== token.subject) throw procedures.fault(execution, 'sub of the answer must be the subject of the token');
    if (returned.effects.length > 0) await this.#commit(execution, returned.effects, now);
    return userinfoAnswer(returned.response, known, client, profile);
  }

  /** What the scopes release, and what was asked for by name: of that no more than the client may have by now. */
  #released(
    attributes: Readonly<Record<string, unknown>>,
    scopes: ReadonlySet<string>,
    delegation: string,
    client: RegisteredClient,
    { profile: { profile } }: Route,
  ): Record<string, unknown> {
    const { userinfoClaims = {} } = JSON.parse(delegation) as DelegationView;
    const allowed = claimsOfScopes(client.scopes, profile);
    const { userinfo } = keptClaims({ ...NO_CLAIMS, userinfo: userinfoClaims }, (claim) => allowed.has(claim));
    return { ...releasedClaims(attributes, scopes, profile), ...requestedAttributes(attributes, userinfo) };
  }

  /** Nothing can be issued here, but delegations can be ended and buckets filled. */
  async #commit(execution: TokenExecution, recorded: readonly GuestEffect[], now: number): Promise<void> {
    const { procedures, commits } = this.parts;
    try {
      const { effects, requires } = await execution.effects(recorded);
      if (effects.length > 0) await commits.commit({ at: now, effects, requires, claim: null });
    } catch (error) {
      if (error instanceof CeilingError) throw procedures.fault(execution, error.message);
      throw error;
    }
  }
}

/** GET and POST, with the token in the header or in the form. RFC 6750 section 2. */
function formOf(request: OAuthRequest): Form {
  if (request.method === 'GET' || request.method === 'HEAD') return NO_FORM;
  if (request.method !== 'POST')
    throw new OAuthError('invalid_request', 'Use the GET or POST method.', { status: 405, allow: 'GET, HEAD, POST' });
  if (request.body === '') return NO_FORM;
  requireFormPost(request);
  return parseForm(request.body);
}

function presentedBy(request: OAuthRequest, form: Form): PresentedAccessToken | 'malformed' | null {
  const inForm = parameter(form, 'access_token');
  const inHeader = presentedAccessToken(request);
  if (inForm === undefined) return inHeader;
  if (inHeader !== null) throw new OAuthError('invalid_request', 'Send the access token once: in the header or in the form.');
  return { scheme: 'Bearer', token: inForm };
}
