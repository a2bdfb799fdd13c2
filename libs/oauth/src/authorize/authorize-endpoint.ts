import type { Route, Snapshot } from '../configuration/snapshot.ts';
import { OAuthError, serverError } from '../errors.ts';
import { CeilingError } from '../issuance/claims.ts';
import { readIdTokenHint } from '../issuance/id-token-hint.ts';
import { claimConsent } from '../people/claim-consent.ts';
import type { Interaction, Interactions } from '../people/interaction.ts';
import type { LoginSession, People } from '../people/people.ts';
import { claimsOfScopes } from '../people/scope-claims.ts';
import type { ProcedureExecutor } from '../procedures/procedure-executor.ts';
import type { TokenCommit } from '../token/token-commit.ts';
import { TokenExecution, type Delegations } from '../token/token-execution.ts';
import { requireFormPost, type OAuthRequest, type OAuthResponse } from '../transport/exchange.ts';
import { keptParameters, parameter, parametersKept, parseAuthorizationForm, type Form } from '../transport/form.ts';
import { claimsBesideScopes } from './asked-claims.ts';
import { authorizationRequest, RefusedRequest, type AuthorizationRequest } from './authorization-request.ts';
import { authorizationResponse, errorPage, errorRedirect, seeOther } from './authorization-response.ts';
import { keptClaims } from './claims-request.ts';
import { codeTerms } from './code-terms.ts';
import type { PushedRequests } from './pushed-requests.ts';
import type { RequestObjects } from './request-object.ts';

const FLOW = 'oauth-authorize-authorization-code';

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
      return await this.#proceed(request, form, interaction, authorizationRequest(form, route), route, snapshot);
    } catch (error) {
      if (error instanceof RefusedRequest) return errorRedirect(error.answerTo, error.error, route.profile.issuer);
      if (error instanceof OAuthError && error.allow === undefined) return errorPage(error);
      throw error;
    }
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
    const { client, scopes, claims, prompts, maxAge } = authorizationRequest(parameters, route);
    const now = clock();
    return {
      profile: route.profile.id,
      path: route.endpoint.path,
      clientId: client.id,
      parameters: keptParameters(parameters),
      scopes,
      claims: claimsBesideScopes(claims, scopes, route.profile),
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
    if (session === null || !isMeant(session, meant, asked, route) || !isRecent(session, interaction, asked, clock())) return ask('login');
    const consent = interaction.consent?.session === session.id ? interaction.consent : null;
    if (consent?.allowed === false) throw refuse('access_denied', 'The person did not allow it.');
    // What was allowed may have been taken back since.
    const isAnswered = consent !== null && (await people.hasConsented(route.profile.id, session.subject, asked.client.id, consent.scopes));
    if (!isAnswered && (await this.#mustAsk(people, interaction, asked, session, route))) return ask('consent');
    const allowed = isAnswered ? allowedBy(consent.scopes, asked, route) : asked;
    return this.#issue(people, request, form, allowed, session, route);
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
    const { procedures, commits, delegations, clock } = this.parts;
    const now = clock();
    const person = people.requirement(route.profile.id, session, asked.client);
    const terms = codeTerms(asked, session, person, route.profile.issuer, now);
    const token = { request, form, route, client: asked.client, now, confirmation: null };
    const execution = new TokenExecution(token, FLOW, terms, delegations);
    try {
      const returned = await procedures.run(execution);
      const { effects, requires } = await execution.effects(returned.effects);
      const members = answerMembers(returned.response, execution, (message) => procedures.fault(execution, message));
      const outcome = await commits.commit({ at: now, effects, requires, claim: null });
      if (outcome !== 'committed') throw serverError(`the commit was ${outcome}`);
      return authorizationResponse(asked.answerTo, { ...members, state: asked.answerTo.state, iss: route.profile.issuer });
    } catch (error) {
      const told = error instanceof CeilingError ? procedures.fault(execution, error.message) : error;
      if (told instanceof OAuthError) throw new RefusedRequest(told, asked.answerTo);
      throw told;
    }
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

/** The text members of what the procedure answered, of which `code` is one that it issued. */
export function answerMembers(response: string, execution: TokenExecution, fault: (message: string) => OAuthError): Record<string, string> {
  const answer = JSON.parse(response) as Record<string, unknown>;
  const { code } = answer;
  if (typeof code !== 'string' || !execution.codes.includes(code))
    throw fault('the answer must have a code that authorizationCodeIssuer has issued');
  const members: Record<string, string> = {};
  for (const [name, value] of Object.entries(answer)) {
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
      throw fault(`the member "${name.slice(0, 100)}" of the answer must be text, a number or a boolean: it becomes a parameter`);
    members[name] = String(value);
  }
  return members;
}
