import type { RegisteredClient } from '../client/registered-client.ts';
import type { TokenValidationSettings } from '../configuration/endpoint-settings.ts';
import type { Route } from '../configuration/snapshot.ts';
import { OAuthError } from '../errors.ts';
import type { IntrospectedToken } from '../introspection/introspected-token.ts';
import type { IntrospectionAnswer } from '../introspection/introspection-answer.ts';
import { IntrospectionExecution } from '../introspection/introspection-execution.ts';
import type { PhantomTokens } from '../introspection/phantom-tokens.ts';
import type { PresentedTokens } from '../introspection/presented-tokens.ts';
import type { BucketWrites } from '../procedures/bucket-writes.ts';
import type { ProcedureExecutor, Returned } from '../procedures/procedure-executor.ts';
import { requireFormPost, type OAuthRequest, type OAuthResponse } from '../transport/exchange.ts';
import { parameter, parseForm, type Form } from '../transport/form.ts';
import type { UnknownTokens } from '../token/unknown-tokens.ts';
import { invalidToken, refusal, validationAnswer } from './validation-answer.ts';

/**
 * The access token validation endpoint of IdentityServer3, for APIs that cannot introspect: whoever asks is told the claims of an active
 * access token, within what one configured client may introspect. Nobody authenticates, so it is nowhere unless configured.
 */
export class TokenValidationEndpoint {
  constructor(
    private readonly tokens: PresentedTokens,
    private readonly procedures: ProcedureExecutor,
    private readonly phantoms: PhantomTokens,
    private readonly answers: IntrospectionAnswer,
    private readonly buckets: BucketWrites,
    private readonly unknown: UnknownTokens,
    private readonly clock: () => number,
  ) {}

  /** Refusals are in the words of IdentityServer3. */
  async handle(request: OAuthRequest, route: Route): Promise<OAuthResponse> {
    const settings = route.endpoint.tokenValidation;
    if (settings === null) throw new Error(`endpoint ${route.endpoint.id} has no settings for token validation`);
    try {
      return await this.#validate(request, route, settings);
    } catch (error) {
      if (error instanceof OAuthError) return refusal(error);
      throw error;
    }
  }

  async #validate(request: OAuthRequest, route: Route, settings: TokenValidationSettings): Promise<OAuthResponse> {
    const form = sentParameters(request);
    const presented = named(form, 'token');
    if (presented === undefined) throw new OAuthError('invalid_request', 'The token parameter is missing.');
    const client = route.profile.configuredClient(settings.client);
    if (client?.may('introspection') !== true)
      throw new OAuthError('unauthorized_client', 'The client as which this endpoint asks does not exist or is disabled.', { status: 403 });

    const now = this.clock();
    const token = await this.#find(presented, client, route, request.clientIpAddress, now);
    if (token?.purpose !== 'access_token') throw invalidToken();
    // Those who ask here take any token for a bearer token: none checks a proof of its key.
    if (token.cnf !== undefined) throw invalidToken();
    const execution = new IntrospectionExecution(
      route,
      'oauth-token-validation',
      client,
      // The query is among the parameters already; as text it would hold the token in spellings that logs do not mask.
      { ...request, query: '' },
      form,
      presented,
      token,
      this.phantoms,
      now,
    );
    const returned = await this.#run(execution);
    const answer = validationAnswer(this.answers.checked(execution, returned), named(form, 'expectedScope'));
    if (returned.effects.length > 0) await this.buckets.write(execution, returned.effects);
    return answer;
  }

  /** Requests under way are those that look up: one whose answer is held back is none. */
  async #find(
    presented: string,
    client: RegisteredClient,
    route: Route,
    address: string | null,
    now: number,
  ): Promise<IntrospectedToken | null> {
    this.tokens.begin();
    const found = await this.tokens.find(presented, client, route.profile, now).finally(() => this.tokens.end());
    if (found === 'unknown' || found === 'malformed') await this.unknown.presented(route, client, address, found);
    return typeof found === 'string' ? null : found;
  }

  /** What the procedure refuses on purpose is told by its code. */
  async #run(execution: IntrospectionExecution): Promise<Returned> {
    try {
      const returned = await this.procedures.run(execution);
      execution.settle(returned);
      return returned;
    } catch (error) {
      if (!(error instanceof OAuthError) || error.status >= 500) throw error;
      throw new OAuthError(error.code, error.code, { cause: error, status: 400 });
    }
  }
}

/** By GET from the query, by POST from a form. */
function sentParameters(request: OAuthRequest): Form {
  if (request.method === 'GET') return parseForm(request.query);
  if (request.method !== 'POST')
    throw new OAuthError('invalid_request', 'Use the GET or the POST method.', { status: 405, allow: 'GET, POST' });
  requireFormPost(request);
  return parseForm(request.body);
}

/** A parameter whose name is in any case, as .NET reads them: one that is overlooked would be a demand that is not made. */
function named(form: Form, name: string): string | undefined {
  const [spelling, ...others] = [...form.keys()].filter((sent) => sent.toLowerCase() === name.toLowerCase());
  if (others.length > 0) throw new OAuthError('invalid_request', 'A parameter is given more than once.');
  return spelling === undefined ? undefined : parameter(form, spelling);
}
