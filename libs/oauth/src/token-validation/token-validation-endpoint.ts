import type { RegisteredClient } from '../client/registered-client.ts';
import type { TokenValidationSettings } from '../configuration/endpoint-settings.ts';
import type { ProfileSnapshot, Route } from '../configuration/snapshot.ts';
import { OAuthError } from '../errors.ts';
import { introspectedToken, type IntrospectedToken } from '../introspection/introspected-token.ts';
import type { IntrospectionAnswer } from '../introspection/introspection-answer.ts';
import { IntrospectionExecution } from '../introspection/introspection-execution.ts';
import type { PhantomTokens } from '../introspection/phantom-tokens.ts';
import type { PresentedTokens } from '../introspection/presented-tokens.ts';
import type { BucketWrites } from '../procedures/bucket-writes.ts';
import type { ProcedureExecutor, Returned } from '../procedures/procedure-executor.ts';
import type { FoundToken } from '../stores.ts';
import { requireFormPost, type OAuthRequest, type OAuthResponse } from '../transport/exchange.ts';
import { parameter, parseForm, type Form } from '../transport/form.ts';
import { UnknownTokens } from './unknown-tokens.ts';
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
    private readonly clock: () => number,
    private readonly unknown = new UnknownTokens(),
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
    const client = route.profile.client(settings.client);
    if (client?.may('introspection') !== true)
      throw new OAuthError('unauthorized_client', 'The client as which this endpoint asks does not exist or is disabled.', { status: 403 });

    const now = this.clock();
    const token = await this.#find(presented, client, route.profile, request.clientIpAddress, now);
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

  async #find(
    presented: string,
    client: RegisteredClient,
    profile: ProfileSnapshot,
    address: string | null,
    now: number,
  ): Promise<IntrospectedToken | null> {
    const token = await this.tokens.named(presented, profile, now);
    if (token === null) return null;
    const found = await this.unknown.find(token.key, address, async (): Promise<FoundToken | null> => {
      this.tokens.begin();
      try {
        return await this.tokens.lookUp(token);
      } finally {
        this.tokens.end();
      }
    });
    return found === null ? null : introspectedToken(found, token.claims, client, profile, now);
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
