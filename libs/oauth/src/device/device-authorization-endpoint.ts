import type { ClientAuthentication } from '../client/client-authentication.ts';
import type { RegisteredClient } from '../client/registered-client.ts';
import type { Route, Snapshot } from '../configuration/snapshot.ts';
import { OAuthError, serverError } from '../errors.ts';
import { CeilingError } from '../issuance/claims.ts';
import type { ProcedureExecutor } from '../procedures/procedure-executor.ts';
import { responseHeaders } from '../procedures/response-headers.ts';
import type { Commit } from '../stores.ts';
import { requestedResources } from '../token/resource-target.ts';
import { grantedScopes } from '../token/scope.ts';
import { provenKeys, type SenderBinding } from '../token/sender-binding.ts';
import type { TokenCommit } from '../token/token-commit.ts';
import { TokenExecution, type Delegations } from '../token/token-execution.ts';
import { jsonResponse, requireFormPost, type OAuthRequest, type OAuthResponse } from '../transport/exchange.ts';
import { parameter, parameters, parseAuthorizationForm } from '../transport/form.ts';
import { deviceAnswer, type DeviceAnswer } from './device-answer.ts';
import { deviceTerms } from './device-terms.ts';
import type { UserCode, UserCodes } from './user-code.ts';

const FLOW = 'oauth-device-authorization';

/** User codes that are tried before it is given up: two of the same are rare. */
const ATTEMPTS = 5;

/** What the endpoint is made of. */
export interface DeviceAuthorizationParts {
  readonly clients: ClientAuthentication;
  readonly binding: SenderBinding;
  readonly procedures: ProcedureExecutor;
  readonly commits: TokenCommit;
  readonly delegations: Delegations;
  readonly userCodes: UserCodes;
  readonly clock: () => number;
}

/**
 * Device authorization, RFC 8628 section 3.1: a device without a browser gets a code to poll with, and another that a person carries
 * to a browser. Authenticate, run the flow's procedure, commit, answer.
 */
export class DeviceAuthorizationEndpoint {
  constructor(private readonly parts: DeviceAuthorizationParts) {}

  /** @throws OAuthError */
  async handle(request: OAuthRequest, route: Route, snapshot: Snapshot): Promise<OAuthResponse> {
    const { clients, userCodes, clock } = this.parts;
    requireFormPost(request);
    const form = parseAuthorizationForm(request.body);
    const client = await clients.authenticate(route.profile, request, form);
    if (!client.may('device-authorization')) throw new OAuthError('unauthorized_client', 'The client may not use this flow.');
    const pages = snapshot.advertised(route.profile, 'user-pages');
    if (pages === undefined) throw new OAuthError('temporarily_unavailable', 'Nobody can sign in here.');
    const { deviceAuthorization: settings } = route.endpoint;
    if (settings === null) throw new Error(`endpoint ${route.endpoint.id} has no settings for device authorization`);

    const now = clock();
    const scopes = grantedScopes(parameter(form, 'scope'), client);
    const resources = requestedResources(parameters(form, 'resource'), client, route.profile);
    const boundTo = await this.#keyOf(request, route, client, now);
    const userCode = userCodes.mint(route.profile.id);
    const asking = { client, profile: route.profile.id, issuer: route.profile.issuer, settings, userCode, boundTo, now };
    const terms = deviceTerms({ scopes, resources }, asking);
    const token = { request, form, route, client, now, confirmation: null };
    const execution = new TokenExecution(token, FLOW, terms, this.parts.delegations);
    const answer = { settings, verificationUri: `${pages}/device`, userCode: userCode.text };
    return this.#issue(execution, answer, now);
  }

  /**
   * The key that the device has proved to have, which it has to prove again when it polls. No proof is asked for here, since RFC 9449
   * has none at this endpoint; a token is bound to the key of its token request anyway.
   */
  async #keyOf(request: OAuthRequest, route: Route, client: RegisteredClient, now: number): Promise<string | null> {
    const shows = client.client.boundAccessTokens === 'certificate' && (request.clientCertificate?.() ?? null) !== null;
    if (request.headers['dpop'] === undefined && !shows) return null;
    return provenKeys(await this.parts.binding.of(request, route, client, now))[0] ?? null;
  }

  async #issue(execution: TokenExecution, answer: DeviceAnswer, now: number): Promise<OAuthResponse> {
    const { procedures } = this.parts;
    const fault = (message: string) => procedures.fault(execution, message);
    try {
      const returned = await procedures.run(execution);
      const headers = responseHeaders(returned.effects, fault);
      const { effects, requires, polled } = await execution.effects(returned.effects);
      const code = polled === undefined ? undefined : execution.codeOf(polled.hash);
      const body = (userCode: string) => deviceAnswer(returned.response, code, { ...answer, userCode }, fault);
      // Before anything is stored, for it may be the procedure's fault.
      body(answer.userCode);
      const committed = await this.#commit({ at: now, effects, requires, claim: null, ...(polled === undefined ? {} : { polled }) });
      return jsonResponse(200, body(committed?.text ?? answer.userCode), headers);
    } catch (error) {
      throw error instanceof CeilingError ? fault(error.message) : error;
    }
  }

  /** @returns the user code that took the place of the first one; null where that was nobody else's */
  async #commit(commit: Commit): Promise<UserCode | null> {
    let next = commit;
    let other: UserCode | null = null;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const outcome = await this.parts.commits.commit(next);
      if (outcome === 'committed') return other;
      if (outcome !== 'taken' || next.polled === undefined) throw serverError(`the commit was ${outcome}`);
      other = this.parts.userCodes.mint(next.polled.profile);
      next = { ...next, polled: { ...next.polled, userCode: other.hash } };
    }
    throw serverError('no user code was free');
  }
}
