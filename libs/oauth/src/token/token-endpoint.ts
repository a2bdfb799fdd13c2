import type { ClientAuthentication } from '../client/client-authentication.ts';
import type { Route } from '../configuration/snapshot.ts';
import { OAuthError, serverError } from '../errors.ts';
import { CeilingError } from '../issuance/claims.ts';
import type { ProcedureExecutor, Returned } from '../procedures/procedure-executor.ts';
import { responseHeaders } from '../procedures/response-headers.ts';
import type { AuditStore, Effect, GrantStore } from '../stores.ts';
import { jsonResponse, requireFormPost, type OAuthRequest, type OAuthResponse } from '../transport/exchange.ts';
import { parameter, parseTokenForm } from '../transport/form.ts';
import type { GrantType, RedeemedGrant, TokenRequest } from './grant-type.ts';
import type { TokenCommit } from './token-commit.ts';
import { TokenExecution } from './token-execution.ts';

/** The token endpoint, RFC 6749 section 3.2: authenticate, redeem the grant, run the flow's procedure, commit, answer. */
export class TokenEndpoint {
  readonly #grantTypes: ReadonlyMap<string, GrantType>;

  constructor(
    private readonly clients: ClientAuthentication,
    grantTypes: readonly GrantType[],
    private readonly procedures: ProcedureExecutor,
    private readonly tokens: TokenCommit,
    private readonly grants: GrantStore,
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

    const tokenRequest: TokenRequest = { request, form, route, client, now: this.clock() };
    const grant = await grantType.redeem(tokenRequest);
    const execution = new TokenExecution(tokenRequest, grantType, grant);
    const returned = await this.#issue(execution, grant, tokenRequest);
    return jsonResponse(
      200,
      returned.response,
      responseHeaders(returned.effects, (message) => this.procedures.fault(execution, message)),
    );
  }

  async #issue(execution: TokenExecution, grant: RedeemedGrant, { now, client }: TokenRequest): Promise<Returned> {
    try {
      const { returned, effects } = await this.#run(execution, grant);
      await this.#commit(effects, grant, now);
      return returned;
    } catch (error) {
      // The procedure has seen a signature that nothing stands behind: whoever meets that token can find out what it is.
      if (execution.hasSigned)
        await this.audit.append(
          execution.signedIds.map((id) => ({
            at: now,
            actor: 'system',
            action: 'token.signed-in-vain',
            kind: 'token',
            key: `${execution.profile}/${id}`,
            before: null,
            after: { client: client.id, procedure: execution.program.procedure, version: execution.program.version },
          })),
        );
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

  /** A procedure that fails must not burn the grant: it is released on every outcome but success and a rejection. */
  async #run(execution: TokenExecution, grant: RedeemedGrant): Promise<{ returned: Returned; effects: readonly Effect[] }> {
    try {
      const returned = await this.procedures.run(execution);
      responseHeaders(returned.effects, (message) => this.procedures.fault(execution, message));
      return { returned, effects: execution.effects(returned.effects) };
    } catch (error) {
      if (grant.claim !== null) await (isRejection(error) ? this.grants.end(grant.claim) : this.grants.release(grant.claim));
      if (error instanceof CeilingError) throw this.procedures.fault(execution, error.message);
      throw error;
    }
  }

  async #commit(effects: readonly Effect[], grant: RedeemedGrant, at: number): Promise<void> {
    const outcome = await this.tokens.commit({ at, effects, requires: [], claim: grant.claim });
    if (outcome === 'inactive') throw new OAuthError('invalid_grant', 'The grant has ended.');
    if (outcome === 'lost-claim') throw serverError('the claim on the grant was lost before the commit');
  }
}

/** Whether a procedure refused on purpose, rather than failed. */
function isRejection(error: unknown): boolean {
  return error instanceof OAuthError && error.cause === undefined && error.code !== 'temporarily_unavailable';
}
