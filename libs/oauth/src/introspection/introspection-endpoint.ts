import { presentsClient, type ClientAuthentication } from '../client/client-authentication.ts';
import type { RegisteredClient } from '../client/registered-client.ts';
import type { ProfileSnapshot, Route } from '../configuration/snapshot.ts';
import { OAuthError } from '../errors.ts';
import type { BucketWrites } from '../procedures/bucket-writes.ts';
import type { FlowId } from '../procedures/flows.ts';
import type { ProcedureExecutor } from '../procedures/procedure-executor.ts';
import { header, requireFormPost, type OAuthRequest, type OAuthResponse } from '../transport/exchange.ts';
import { parameter, parseForm, type Form } from '../transport/form.ts';
import type { UnknownTokens } from '../token/unknown-tokens.ts';
import type { IntrospectionAnswer } from './introspection-answer.ts';
import { IntrospectionExecution } from './introspection-execution.ts';
import { acceptedFormats, chooseFormat } from './introspection-format.ts';
import type { PhantomTokens } from './phantom-tokens.ts';
import type { PresentedTokens } from './presented-tokens.ts';

/** Token introspection: RFC 7662, RFC 9701 and the phantom token as a bare JWT. */
export class IntrospectionEndpoint {
  constructor(
    private readonly clients: ClientAuthentication,
    private readonly tokens: PresentedTokens,
    private readonly procedures: ProcedureExecutor,
    private readonly phantoms: PhantomTokens,
    private readonly answers: IntrospectionAnswer,
    private readonly buckets: BucketWrites,
    private readonly unknown: UnknownTokens,
    private readonly clock: () => number,
  ) {}

  /** @throws OAuthError */
  async handle(request: OAuthRequest, route: Route): Promise<OAuthResponse> {
    this.tokens.begin();
    try {
      requireFormPost(request);
      const form = parseForm(request.body);
      const caller = await this.#caller(request, form, route.profile);
      const presented = parameter(form, 'token');
      if (presented === undefined) throw new OAuthError('invalid_request', 'The token parameter is missing.');
      const format = chooseFormat(header(request, 'accept'), caller);

      const now = this.clock();
      const found = await this.tokens.find(presented, caller, route.profile, now);
      if (found === 'unknown' || found === 'malformed') {
        const held = this.unknown.presented(route, caller, request.clientIpAddress, found);
        if (held !== undefined) await held;
      }
      const token = typeof found === 'string' ? null : found;
      const flow: FlowId = format === 'jwt' ? 'oauth-introspect-application-jwt' : 'oauth-introspect';
      const execution = new IntrospectionExecution(route, flow, caller, request, form, presented, token, this.phantoms, now);
      const returned = await this.procedures.run(execution);
      execution.settle(returned);
      const answer = await this.answers.answer(format, execution, returned);
      if (returned.effects.length > 0) await this.buckets.write(execution, returned.effects);
      return answer;
    } finally {
      this.tokens.end();
    }
  }

  async #caller(request: OAuthRequest, form: Form, profile: ProfileSnapshot): Promise<RegisteredClient> {
    if (!presentsClient(request, form) && acceptedFormats(header(request, 'accept'))[0] === 'signed')
      throw new OAuthError('invalid_request', 'Client authentication is required for this format.');
    const found = this.clients.authenticate(profile, request, form);
    const caller = found instanceof Promise ? await found : found;
    if (!caller.may('introspection')) throw new OAuthError('unauthorized_client', 'The client may not introspect tokens.', { status: 403 });
    return caller;
  }
}
