import type { ClientAuthentication } from '../client/client-authentication.ts';
import type { RegisteredClient } from '../client/registered-client.ts';
import type { ProfileSnapshot, Route } from '../configuration/snapshot.ts';
import { OAuthError } from '../errors.ts';
import type { BucketWrites } from '../procedures/bucket-writes.ts';
import type { FlowId } from '../procedures/flows.ts';
import type { ProcedureExecutor } from '../procedures/procedure-executor.ts';
import { opaqueTokenKey } from '../token/opaque-token.ts';
import { presentedJwt } from '../token/presented-jwt.ts';
import type { TokenLookup } from '../token/token-lookup.ts';
import { header, requireFormPost, type OAuthRequest, type OAuthResponse } from '../transport/exchange.ts';
import { parameter, parseForm, type Form } from '../transport/form.ts';
import { introspectedToken, type IntrospectedToken } from './introspected-token.ts';
import type { IntrospectionAnswer } from './introspection-answer.ts';
import { IntrospectionExecution } from './introspection-execution.ts';
import { acceptedFormats, chooseFormat } from './introspection-format.ts';
import type { PhantomTokens } from './phantom-tokens.ts';

/** Token introspection: RFC 7662, RFC 9701 and the phantom token as a bare JWT. */
export class IntrospectionEndpoint {
  constructor(
    private readonly clients: ClientAuthentication,
    private readonly tokens: TokenLookup,
    private readonly procedures: ProcedureExecutor,
    private readonly phantoms: PhantomTokens,
    private readonly answers: IntrospectionAnswer,
    private readonly buckets: BucketWrites,
    private readonly clock: () => number,
  ) {}

  /** @throws OAuthError */
  async handle(request: OAuthRequest, route: Route): Promise<OAuthResponse> {
    this.tokens.inFlight++;
    try {
      requireFormPost(request);
      const form = parseForm(request.body);
      const caller = await this.#caller(request, form, route.profile);
      const presented = parameter(form, 'token');
      if (presented === undefined) throw new OAuthError('invalid_request', 'The token parameter is missing.');
      const format = chooseFormat(header(request, 'accept'), caller);

      const now = this.clock();
      const token = await this.#find(presented, caller, route.profile, now);
      const flow: FlowId = format === 'jwt' ? 'oauth-introspect-application-jwt' : 'oauth-introspect';
      const execution = new IntrospectionExecution(route, flow, caller, request, form, presented, token, this.phantoms, now);
      const returned = await this.procedures.run(execution);
      execution.settle(returned);
      const answer = await this.answers.answer(format, execution, returned);
      if (returned.effects.length > 0) await this.buckets.write(execution, returned.effects);
      return answer;
    } finally {
      this.tokens.inFlight--;
    }
  }

  async #caller(request: OAuthRequest, form: Form, profile: ProfileSnapshot): Promise<RegisteredClient> {
    const authenticated = header(request, 'authorization') !== undefined || parameter(form, 'client_secret') !== undefined;
    if (!authenticated && acceptedFormats(header(request, 'accept'))[0] === 'signed')
      throw new OAuthError('invalid_request', 'Client authentication is required for this format.');
    const found = this.clients.authenticate(profile, request, form);
    const caller = found instanceof Promise ? await found : found;
    if (!caller.may('introspection')) throw new OAuthError('unauthorized_client', 'The client may not introspect tokens.', { status: 403 });
    return caller;
  }

  async #find(presented: string, caller: RegisteredClient, profile: ProfileSnapshot, now: number): Promise<IntrospectedToken | null> {
    let key = opaqueTokenKey(presented);
    let claims = null;
    if (key === null) {
      const jwt = await presentedJwt(profile, presented, now);
      if (jwt === null) return null;
      ({ key, claims } = jwt);
    }
    const looked = this.tokens.find(key);
    const found = looked instanceof Promise ? await looked : looked;
    return found === null ? null : introspectedToken(found, claims, caller, profile, now);
  }
}
