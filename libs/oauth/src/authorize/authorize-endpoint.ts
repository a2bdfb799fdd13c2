import type { Route, Snapshot } from '../configuration/snapshot.ts';
import { OAuthError, serverError } from '../errors.ts';
import { CeilingError } from '../issuance/claims.ts';
import { readIdTokenHint } from '../issuance/id-token-hint.ts';
import { claimConsent } from '../people/claim-consent.ts';
import type { Interaction, Interactions } from '../people/interaction.ts';
import type { LoginSession, People } from '../people/people.ts';
import { claimsOfScopes } from '../people/scope-claims.ts';
import type { ProcedureExecutor } from '../procedures/procedure-executor.ts';
import type { AuditStore } from '../stores.ts';
import { noteSignedInVain } from '../token/signed-in-vain.ts';
import type { TokenCommit } from '../token/token-commit.ts';
import type { RedeemedGrant, TokenRequest } from '../token/grant-type.ts';
import { TokenExecution, type Delegations } from '../token/token-execution.ts';
import { requireFormPost, type OAuthRequest, type OAuthResponse } from '../transport/exchange.ts';
import { keptParameters, parameter, parametersKept, parseAuthorizationForm, type Form } from '../transport/form.ts';
import { claimsBesideScopes } from './asked-claims.ts';
import { authorizationRequest, RefusedRequest, type AuthorizationRequest } from './authorization-request.ts';
import { authorizationResponse, errorPage, errorRedirect, seeOther } from './authorization-response.ts';
import { keptClaims } from './claims-request.ts';
import { answerMembers } from './answer-members.ts';
import { authorizationTerms } from './authorization-terms.ts';
import type { PushedRequests } from './pushed-requests.ts';
import type { RequestObjects } from './request-object.ts';
import { stepUp } from './step-up.ts';

/** What the endpoint is made of. */
export interface AuthorizeEndpointParts {
  /** Null where nobody can sign in. */
  readonly people: People | null;
  readonly interactions: Interactions;
  readonly pushed: PushedRequests;
  readonly requestObjects: RequestObjects;
  readonly procedures: ProcedureExecutor;
  readonly commits: TokenCommit;
  readonly delegations: Delegations;
  readonly audit: AuditStore;
  readonly clock: () => number;
}

/**
 * The authorization endpoint, RFC 6749 section 3.1: check the request, see who is signed in, ask what has to be asked, run the
 * flow's procedure, commit, send the person back.
 */
export class AuthorizeEndpoint {
  constructor(private readonly parts: AuthorizeEndpointParts) {}

  async handle(request: OAuthRequest, route: Route, snapshot: Snapshot): Promise<OAuthResponse> {
    try {
      const interaction = await this.#begun(request, route);
      const form = parametersKept(interaction.parameters);
      return await this.#proceed(request, form, interaction, await authorizationRequest(form, route), route, snapshot);
    } catch (error) {
      if (error instanceof RefusedRequest) return this.#refusal(request, route, error);
      if (error instanceof OAuthError && error.allow === undefined) return errorPage(error);
      throw error;
    }
  }

  /**
   * Tells the client, unless it has named its own redirect URIs and nobody is signed in: whoever registers a client could send people
   * wherever they like by a link to us that they trust, without anything being asked. RFC 9700 section 4.11.2.
   */
  async #refusal(request: OAuthRequest, { profile }: Route, { error, answerTo }: RefusedRequest): Promise<OAuthResponse> {
    const isOpen = answerTo.isUnvouched === true && ((await this.parts.people?.session(request, profile)) ?? null) === null;
    return isOpen ? errorPage(error) : errorRedirect(answerTo, error, profile.issuer);
  }

  /** The request as it comes from the client, or comes back from the pages that asked its person. */
  async #begun(request: OAuthRequest, route: Route): Promise<Interaction> {
    const { interactions, pushed, requestObjects, clock } = this.parts;
    const given = parametersOf(request);
    const sealed = parameter(given, 'interaction');
    if (sealed !== undefined) {
      const interaction = interactions.open(sealed, route.profile.id);
      if (interaction?.path !== route.endpoint.path)
        throw new OAuthError('invalid_request', 'The sign-in has taken too long, or was begun somewhere else.');
      return interaction;
    }
    const named = await pushed.resolved(given, route);
    // A request that was pushed was read then, its signature too.
    const parameters = given.has('request_uri') ? named : await requestObjects.resolved(named, route.profile);
    const { client, scopes, claims, contexts, prompts, maxAge } = await authorizationRequest(parameters, route);
    const now = clock();
    return {
      profile: route.profile.id,
      path: route.endpoint.path,
      clientId: client.id,
      parameters: keptParameters(parameters),
      scopes,
      claims: claimsBesideScopes(claims, scopes, route.profile),
      ...(contexts === null ? {} : { contexts }),
      at: now,
      loginSince: prompts.has('login') || prompts.has('select_account') ? now : maxAge === null ? null : now - maxAge,
      consent: null,
    };
  }

  async #proceed(
    request: OAuthRequest,
    form: Form,
    interaction: Interaction,
    asked: AuthorizationRequest,
    route: Route,
    snapshot: Snapshot,
  ): Promise<OAuthResponse> {
    const { people, clock } = this.parts;
    const refuse = (code: string, description: string) => new RefusedRequest(new OAuthError(code, description), asked.answerTo);
    if (people === null) throw refuse('temporarily_unavailable', 'Nobody can sign in here.');
    const ask = (page: 'login' | 'consent'): OAuthResponse => {
      if (asked.prompts.has('none'))
        throw refuse(`${page}_required`, page === 'login' ? 'Nobody is signed in.' : 'The person has to be asked.');
      const address = people.page(snapshot, route, page, this.parts.interactions.seal(interaction));
      if (address === null) throw refuse('temporarily_unavailable', 'Nobody can sign in here.');
      return seeOther(address);
    };

    const session = await people.session(request, route.profile);
    const meant = await this.#meant(form, asked, route);
    const step = told(asked, () => stepUp(session, asked, interaction.at, route.profile.profile));
    if (session === null || step === 'login' || !isMeant(session, meant, asked, route) || !isRecent(session, interaction, asked, clock()))
      return ask('login');
    const consent = interaction.consent?.session === session.id ? interaction.consent : null;
    if (consent?.allowed === false) throw refuse('access_denied', 'The person did not allow it.');
    // What was allowed may have been taken back since.
    const isAnswered = consent !== null && (await people.hasConsented(route.profile.id, session.subject, asked.client.id, consent.scopes));
    if (!isAnswered && (await this.#mustAsk(people, interaction, asked, session, route))) return ask('consent');
    const allowed = isAnswered ? allowedBy(consent.scopes, asked, route) : asked;
    return this.#issue(people, request, form, allowed, { ...session, acr: step.acr }, route);
  }

  /** Whom the client means by an id token; null for anybody. OpenID Connect Core section 3.1.2.1 (`id_token_hint`). */
  async #meant(form: Form, { client, answerTo, subjects }: AuthorizationRequest, { profile }: Route): Promise<string | null> {
    const hint = parameter(form, 'id_token_hint');
    if (hint === undefined) return null;
    try {
      const { client: of, subject } = await readIdTokenHint(hint, profile);
      if (of !== client.id) throw new OAuthError('invalid_request', 'The id_token_hint is of another client.');
      if (subjects?.includes(subject) === false)
        throw new OAuthError('invalid_request', 'The id_token_hint and the claims parameter mean different people.');
      return subject;
    } catch (error) {
      throw error instanceof OAuthError ? new RefusedRequest(error, answerTo) : error;
    }
  }

  async #mustAsk(
    people: People,
    { scopes, claims }: Interaction,
    { client, prompts }: AuthorizationRequest,
    session: LoginSession,
    { profile }: Route,
  ): Promise<boolean> {
    if (prompts.has('consent')) return true;
    if (client.client.authorizationCode?.consent !== true) return false;
    return !(await people.hasConsented(profile.id, session.subject, client.id, [...scopes, ...claims.map(claimConsent)]));
  }

  async #issue(
    people: People,
    request: OAuthRequest,
    form: Form,
    asked: AuthorizationRequest,
    session: LoginSession,
    route: Route,
  ): Promise<OAuthResponse> {
    const { flow } = asked.type;
    // That somebody is signed in and has allowed it is the whole answer. OAuth 2.0 Multiple Response Types section 4.
    if (flow === null) return authorizationResponse(asked.answerTo, { state: asked.answerTo.state, iss: route.profile.issuer });
    const now = this.parts.clock();
    const token = { request, form, route, client: asked.client, now, confirmation: null };
    try {
      const terms = authorizationTerms(asked, session, people.requirement(route.profile.id, session, asked.client), token);
      const members = await this.#run(new TokenExecution(token, flow, terms, this.parts.delegations), token, asked, terms);
      return authorizationResponse(asked.answerTo, { ...members, state: asked.answerTo.state, iss: route.profile.issuer });
    } catch (error) {
      if (error instanceof OAuthError) throw new RefusedRequest(error, asked.answerTo);
      throw error;
    }
  }

  /** Runs the procedure and commits what it has issued; answers what goes to the client. */
  async #run(
    execution: TokenExecution,
    token: TokenRequest,
    { type }: AuthorizationRequest,
    terms: RedeemedGrant,
  ): Promise<Readonly<Record<string, string>>> {
    const { procedures, commits, audit } = this.parts;
    try {
      const returned = await procedures.run(execution);
      const commit = await execution.effects(returned.effects);
      const members = answerMembers(returned.response, execution, type, (message) => procedures.fault(execution, message));
      const outcome = await commits.commit({ ...commit, at: token.now, claim: null });
      if (outcome === 'inactive' && terms.person != null)
        throw new OAuthError('access_denied', 'The person has signed out, or has taken back what they allowed.');
      if (outcome !== 'committed') throw serverError(`the commit was ${outcome}`);
      return members;
    } catch (error) {
      await noteSignedInVain(audit, execution, token);
      throw error instanceof CeilingError ? procedures.fault(execution, error.message) : error;
    }
  }
}

/** What is wrong is for the client to know. */
function told<T>({ answerTo }: AuthorizationRequest, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof OAuthError ? new RefusedRequest(error, answerTo) : error;
  }
}

/**
 * Whether it is the person whom the client means: another one who is signed in is not enough. OpenID Connect Core sections 3.1.2.1
 * (`id_token_hint`) and 5.5.1 (`sub` of `claims`).
 *
 * @param hint `sub` of an id token: of one from before the client was told pairwise subjects it is the account's own
 */
function isMeant({ subject }: LoginSession, hint: string | null, { client, subjects }: AuthorizationRequest, { profile }: Route): boolean {
  if (hint === null && subjects === null) return true;
  const known = profile.subjectFor(client, subject);
  return (hint === null || hint === known || hint === subject) && subjects?.includes(known) !== false;
}

/** What is left of a request: scopes that the person has allowed, and claims that these release or were allowed themselves. */
function allowedBy(allowed: readonly string[], asked: AuthorizationRequest, { profile }: Route): AuthorizationRequest {
  const scopes = asked.scopes.filter((scope) => allowed.includes(scope));
  const released = claimsOfScopes(scopes, profile.profile);
  const claims = keptClaims(asked.claims, (claim) => released.has(claim) || allowed.includes(claimConsent(claim)));
  return { ...asked, scopes, claims };
}

/**
 * Whether the person has signed in as lately as the client wants. A login within this interaction is as late as one can be; else the time
 * runs on while the person is asked. OpenID Connect Core section 3.1.2.1 (`prompt`, `max_age`).
 */
function isRecent(
  { authenticatedAt }: LoginSession,
  { loginSince, at }: Interaction,
  { maxAge }: AuthorizationRequest,
  now: number,
): boolean {
  if (loginSince !== null && authenticatedAt < loginSince) return false;
  return maxAge === null || authenticatedAt >= at || authenticatedAt >= now - maxAge;
}

/** RFC 6749 section 3.1: GET must be served, POST may; no parameter more than once. HEAD would make a code that nobody sees. */
function parametersOf(request: OAuthRequest): Form {
  if (request.method === 'GET') return parseAuthorizationForm(request.query);
  if (request.method === 'POST') {
    requireFormPost(request);
    return parseAuthorizationForm(request.body);
  }
  throw new OAuthError('invalid_request', 'Use the GET or POST method.', { status: 405, allow: 'GET, POST' });
}
