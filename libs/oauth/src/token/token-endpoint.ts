import type { ClientAuthentication } from '../client/client-authentication.ts';
import type { RegisteredClient } from '../client/registered-client.ts';
import type { Route } from '../configuration/snapshot.ts';
import { OAuthError, serverError } from '../errors.ts';
import { CeilingError } from '../issuance/claims.ts';
import type { FlowId } from '../procedures/flows.ts';
import type { ProcedureExecutor } from '../procedures/procedure-executor.ts';
import { responseHeaders } from '../procedures/response-headers.ts';
import type { AuditStore, Claim, Commit, GrantRemains, GrantStore } from '../stores.ts';
import { requireFormPost, type OAuthRequest, type OAuthResponse } from '../transport/exchange.ts';
import { parameter, parseTokenForm } from '../transport/form.ts';
import type { GrantType, RedeemedGrant, TokenAnswer, TokenRequest } from './grant-type.ts';
import { sealAnswer } from './kept-answer.ts';
import { withTokenType, type SenderBinding } from './sender-binding.ts';
import { noteSignedInVain } from './signed-in-vain.ts';
import { tokenAnswer } from './token-answer.ts';
import type { TokenCommit } from './token-commit.ts';
import { TokenExecution, type Delegations } from './token-execution.ts';

/** The token endpoint, RFC 6749 section 3.2: authenticate, redeem the grant, run the flow's procedure, commit, answer. */
export class TokenEndpoint {
  readonly #grantTypes: ReadonlyMap<string, GrantType>;

  constructor(
    private readonly clients: ClientAuthentication,
    grantTypes: readonly GrantType[],
    private readonly procedures: ProcedureExecutor,
    private readonly tokens: TokenCommit,
    private readonly binding: SenderBinding,
    private readonly grants: GrantStore,
    private readonly delegations: Delegations,
    private readonly audit: AuditStore,
    private readonly clock: () => number,
  ) {
    this.#grantTypes = new Map(grantTypes.map((grantType) => [grantType.id, grantType]));
  }

  /** @throws OAuthError */
  async handle(request: OAuthRequest, route: Route): Promise<OAuthResponse> {
    requireFormPost(request);
    const form = parseTokenForm(request.body);
    const client = await this.clients.authenticate(route.profile, request, form);
    const grantType = this.#grantType(parameter(form, 'grant_type'), route);
    if (!client.may(grantType.capability)) throw new OAuthError('unauthorized_client', 'The client may not use this grant type.');

    const now = this.clock();
    const confirmation = await this.binding.of(request, route, client, now);
    const tokenRequest: TokenRequest = { request, form, route, client, now, confirmation };
    const grant = await grantType.redeem(tokenRequest);
    const { body, headers } = 'answer' in grant ? grant.answer : await this.#issue(tokenRequest, grantType.flow, grant);
    return tokenAnswer(body, headers);
  }

  async #issue(tokenRequest: TokenRequest, flow: FlowId, grant: RedeemedGrant): Promise<TokenAnswer> {
    const execution = new TokenExecution(tokenRequest, flow, grant, this.delegations);
    try {
      const { answer, commit } = await this.#run(execution, grant, tokenRequest);
      await this.#commit(commit);
      return answer;
    } catch (error) {
      await noteSignedInVain(this.audit, execution, tokenRequest);
      if (grant.claim !== null) await this.#giveBack(grant.claim, grant, error);
      throw error;
    }
  }

  #grantType(id: string | undefined, route: Route): GrantType {
    if (id === undefined) throw new OAuthError('invalid_request', 'The grant_type parameter is missing.');
    const grantType = this.#grantTypes.get(id);
    if (grantType === undefined || !route.profile.profile.capabilities.includes(grantType.capability))
      throw new OAuthError('unsupported_grant_type', 'The grant type is not supported.');
    return grantType;
  }

  async #run(
    execution: TokenExecution,
    grant: RedeemedGrant,
    { client, now, confirmation }: TokenRequest,
  ): Promise<{ readonly answer: TokenAnswer; readonly commit: Commit }> {
    const returned = await this.procedures.run(execution);
    const headers = responseHeaders(returned.effects, (message) => this.procedures.fault(execution, message));
    const answer = { body: withTokenType(returned.response, confirmation), headers };
    try {
      const effects = await execution.effects(returned.effects);
      return { answer, commit: { at: now, claim: grant.claim, ...effects, ...remains(effects.remains, answer, grant, client, now) } };
    } catch (error) {
      if (error instanceof CeilingError) throw this.procedures.fault(execution, error.message);
      throw error;
    }
  }

  /**
   * Whatever keeps tokens from being issued must not burn the grant. Only a refusal on purpose uses it up, but for a refresh
   * token: the client may come back with that. A refresh token may be given back any number of times, for else a procedure
   * that fails for an hour would end all of them.
   */
  async #giveBack(claim: Claim, { rotated }: RedeemedGrant, error: unknown): Promise<void> {
    if (isRejection(error) && rotated === null) await this.grants.end(claim);
    else await this.grants.release(claim, { counted: rotated === null });
  }

  async #commit(commit: Commit): Promise<void> {
    const outcome = await this.tokens.commit(commit);
    if (outcome === 'inactive') throw new OAuthError('invalid_grant', 'The grant has ended.');
    if (outcome === 'lost-claim') throw serverError('the claim on the grant was lost before the commit');
  }
}

/** The answer to a refresh is kept for as long as a client may have lost it. */
function remains(
  remains: GrantRemains | undefined,
  answer: TokenAnswer,
  { rotated }: RedeemedGrant,
  { refreshTokens }: RegisteredClient,
  now: number,
): Pick<Commit, 'remains'> {
  if (remains === undefined || rotated === null || refreshTokens.grace === 0) return {};
  return { remains: { ...remains, reply: { sealed: sealAnswer(answer, rotated.value), until: now + refreshTokens.grace } } };
}

/** Whether a procedure refused on purpose, rather than failed. */
function isRejection(error: unknown): boolean {
  return error instanceof OAuthError && error.cause === undefined && error.code !== 'temporarily_unavailable';
}
