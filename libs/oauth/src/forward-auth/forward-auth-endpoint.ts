import type { RegisteredClient } from '../client/registered-client.ts';
import type { ForwardAuthSettings } from '../configuration/endpoint-settings.ts';
import type { Route } from '../configuration/snapshot.ts';
import { OAuthError } from '../errors.ts';
import type { IntrospectedToken } from '../introspection/introspected-token.ts';
import type { IntrospectionAnswer } from '../introspection/introspection-answer.ts';
import { IntrospectionExecution } from '../introspection/introspection-execution.ts';
import type { PhantomTokens } from '../introspection/phantom-tokens.ts';
import type { PresentedTokens } from '../introspection/presented-tokens.ts';
import type { BucketWrites } from '../procedures/bucket-writes.ts';
import type { ProcedureExecutor, Returned } from '../procedures/procedure-executor.ts';
import { scopeNames } from '../token/scope.ts';
import type { UnknownTokens } from '../token/unknown-tokens.ts';
import type { OAuthRequest, OAuthResponse } from '../transport/exchange.ts';
import { NO_FORM } from '../transport/form.ts';
import { forwardedCertificateThumbprint } from './client-certificate.ts';
import { denial, inactiveToken, tokenWanted, type Challenge } from '../resource/denial.ts';
import { forwardAuthAnswer } from './forward-auth-answer.ts';
import { forwardedRequest } from './forwarded-request.ts';
import { requireAuthentication, requiredAuthentication, type AuthenticationRequirement } from './required-authentication.ts';
import type { Gateways } from './gateways.ts';
import { presentedAccessToken, type PresentedAccessToken } from '../resource/presented-access-token.ts';
import type { Possession } from '../resource/possession.ts';

/** What the API behind this location asks of a token. */
interface Requirement {
  readonly scopes: readonly string[];
  readonly audiences: readonly string[];
  readonly authentication: AuthenticationRequirement;
}

/**
 * Answers gateways that can only ask "may this request pass?" with its headers: nginx `auth_request`, Traefik `ForwardAuth`, Caddy
 * `forward_auth`, Envoy `ext_authz`. 200 with the phantom token as `Authorization` and claims as headers, else 401 or 403 for the
 * client behind the gateway.
 */
export class ForwardAuthEndpoint {
  constructor(
    private readonly gateways: Gateways,
    private readonly tokens: PresentedTokens,
    private readonly procedures: ProcedureExecutor,
    private readonly phantoms: PhantomTokens,
    private readonly answers: IntrospectionAnswer,
    private readonly buckets: BucketWrites,
    private readonly possession: Possession,
    private readonly unknown: UnknownTokens,
    private readonly clock: () => number,
  ) {}

  /** @throws OAuthError */
  async handle(request: OAuthRequest, route: Route): Promise<OAuthResponse> {
    const settings = route.endpoint.forwardAuth;
    if (settings === null) throw new Error(`endpoint ${route.endpoint.id} has no settings for forward auth`);
    this.tokens.begin();
    try {
      return await this.#judge(request, route, settings);
    } finally {
      this.tokens.end();
    }
  }

  async #judge(request: OAuthRequest, route: Route, settings: ForwardAuthSettings): Promise<OAuthResponse> {
    const gateway = await this.gateways.authenticate(request, route, settings);
    // Below the endpoint's own path the query is the original request's.
    const requirement = required(request.path === route.endpoint.path ? request.query : '', settings);
    const challenge = { realm: route.profile.issuer, resourceMetadata: settings.resourceMetadata };
    const presented = presentedAccessToken(request);
    if (presented === null) throw tokenWanted(challenge, requirement.scopes);
    if (presented === 'malformed') throw denial('invalid_request', 'The Authorization header is malformed.', 'Bearer', challenge);

    const original = forwardedRequest(request, route.endpoint.path);
    const now = this.clock();
    const token = await this.tokens.find(presented.token, gateway, route.profile, now);
    if (token === 'unknown' || token === 'malformed') await this.unknown.presented(route, gateway, request.clientIpAddress, token);
    if (typeof token === 'string' || token.purpose !== 'access_token') throw inactiveToken(presented.scheme, challenge);
    const sender = { request: original, certificateThumbprint: forwardedCertificateThumbprint(original, settings) };
    await this.possession.require(presented, token.cnf, sender, route.profile.id, challenge, now);
    requireFit(presented, token, requirement, challenge);
    const lateEnough = requireAuthentication(presented, token, requirement.authentication, route.profile.profile, challenge, now);
    return this.#passed(original, route, settings, gateway, presented, token, challenge, now, lateEnough);
  }

  async #passed(
    original: OAuthRequest,
    route: Route,
    settings: ForwardAuthSettings,
    gateway: RegisteredClient,
    presented: PresentedAccessToken,
    token: IntrospectedToken,
    challenge: Challenge,
    now: number,
    lateEnough: number,
  ): Promise<OAuthResponse> {
    const { phantoms } = this;
    const execution = new IntrospectionExecution(
      route,
      'oauth-forward-auth',
      gateway,
      original,
      NO_FORM,
      presented.token,
      token,
      phantoms,
      now,
    );
    const returned = await this.#run(execution, presented, challenge);
    const passed = this.answers.passedOn(execution, returned);
    if (passed === null) throw inactiveToken(presented.scheme, challenge);
    if (returned.effects.length > 0) await this.buckets.write(execution, returned.effects);
    const kept = { ...passed, cacheSeconds: Math.min(passed.cacheSeconds, lateEnough) };
    return forwardAuthAnswer(kept, token, settings, token.cnf !== undefined);
  }

  /** What the procedure refuses on purpose is said to the client as gateways can say it: 401 or 403. */
  async #run(execution: IntrospectionExecution, presented: PresentedAccessToken, challenge: Challenge): Promise<Returned> {
    try {
      const returned = await this.procedures.run(execution);
      execution.settle(returned);
      return returned;
    } catch (error) {
      if (!(error instanceof OAuthError) || error.status >= 500) throw error;
      if (error.status === 401) throw denial('invalid_token', error.message, presented.scheme, challenge);
      throw new OAuthError(error.code, error.message, { status: 403, cause: error });
    }
  }
}

/** The endpoint's own demands, and those that the gateway adds for a location: `?scope=read%20write&audience=...&acr_values=...&max_age=...`. */
function required(query: string, settings: ForwardAuthSettings): Requirement {
  const { requiredScopes, requiredAudience } = settings;
  const audiences = requiredAudience === null ? [] : [requiredAudience];
  if (query === '') return { scopes: requiredScopes, audiences, authentication: requiredAuthentication(null, settings) };
  const parameters = new URLSearchParams(query);
  const more = parameters.getAll('scope').flatMap((text) => scopeNames(text).list);
  return {
    scopes: [...new Set([...requiredScopes, ...more])],
    audiences: [...audiences, ...parameters.getAll('audience')],
    authentication: requiredAuthentication(parameters, settings),
  };
}

/** @throws OAuthError when the token is for others, or for less */
function requireFit(
  { scheme }: PresentedAccessToken,
  token: IntrospectedToken,
  { scopes, audiences }: Requirement,
  challenge: Challenge,
): void {
  if (audiences.length === 0 && scopes.length === 0) return;
  const { aud, scope } = JSON.parse(token.data) as { aud?: unknown; scope?: unknown };
  const named: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  if (!audiences.every((audience) => named.includes(audience)))
    throw denial('invalid_token', 'The access token is for another audience.', scheme, challenge);
  const granted = scopeNames(typeof scope === 'string' ? scope : '').set;
  if (!scopes.every((name) => granted.has(name)))
    throw denial('insufficient_scope', 'The access token lacks a scope.', scheme, challenge, scopes);
}
