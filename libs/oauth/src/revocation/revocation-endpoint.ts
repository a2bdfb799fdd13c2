import type { ClientAuthentication } from '../client/client-authentication.ts';
import type { RegisteredClient } from '../client/registered-client.ts';
import type { Route } from '../configuration/snapshot.ts';
import { OAuthError } from '../errors.ts';
import type { BucketWrites } from '../procedures/bucket-writes.ts';
import type { ProcedureExecutor } from '../procedures/procedure-executor.ts';
import type { FoundToken, TokenStore } from '../stores.ts';
import { opaqueTokenKey } from '../token/opaque-token.ts';
import { presentedJwt } from '../token/presented-jwt.ts';
import type { UnknownTokens } from '../token/unknown-tokens.ts';
import { requireFormPost, type OAuthRequest, type OAuthResponse } from '../transport/exchange.ts';
import { parameter, parseForm } from '../transport/form.ts';
import { RevocationExecution, type Revoked } from './revocation-execution.ts';

/** Token revocation, RFC 7009. Once 200 is sent, the token is inactive to every later request. */
export class RevocationEndpoint {
  constructor(
    private readonly clients: ClientAuthentication,
    private readonly tokens: TokenStore,
    private readonly procedures: ProcedureExecutor,
    private readonly buckets: BucketWrites,
    private readonly unknown: UnknownTokens,
    private readonly clock: () => number,
  ) {}

  /** @throws OAuthError */
  async handle(request: OAuthRequest, route: Route): Promise<OAuthResponse> {
    requireFormPost(request);
    const form = parseForm(request.body);
    const caller = await this.clients.authenticate(route.profile, request, form);
    const presented = parameter(form, 'token');
    if (presented === undefined) throw new OAuthError('invalid_request', 'The token parameter is missing.');

    const found = await this.#find(presented, route, caller, request.clientIpAddress);
    if (found !== null && found.clientId !== caller.id) throw new OAuthError('invalid_grant', 'The token was not issued to this client.');
    const revoked = found === null ? null : await this.#revoke(found);
    await this.#observe(new RevocationExecution(route, caller, request, form, revoked));
    return { status: 200, headers: ['Cache-Control', 'no-store', 'Content-Length', '0'], body: null };
  }

  async #find(presented: string, route: Route, caller: RegisteredClient, address: string | null): Promise<FoundToken | null> {
    const key = opaqueTokenKey(presented);
    const named = key === null ? await presentedJwt(route.profile, presented, this.clock()) : { key };
    if (named === 'expired') return null;
    const [found = null] = named === null ? [] : await this.tokens.find([named.key]);
    if (found === null) await this.unknown.presented(route, caller, address, named === null ? 'malformed' : 'unknown');
    return found?.profile === route.profile.id ? found : null;
  }

  /** A refresh token stands for its delegation and ends it with all its tokens. RFC 7009 section 2.1. */
  async #revoke(found: FoundToken): Promise<Revoked> {
    const at = this.clock();
    if (found.purpose === 'refresh_token') await this.tokens.revokeDelegation(found.profile, found.delegationId, at);
    else await this.tokens.revokeToken(found.profile, found.key, at);
    const { sub } = JSON.parse(found.data) as { sub?: string };
    return { clientId: found.clientId, purpose: found.purpose, subject: sub ?? null, delegationId: found.delegationId };
  }

  /** The revocation stands whatever the procedure does; its faults are the operator's to see, in the execution record. */
  async #observe(execution: RevocationExecution): Promise<void> {
    const outcome = await this.procedures.outcome(execution);
    if (outcome.kind === 'returned') await this.buckets.tryWrite(execution, outcome.effects);
  }
}
