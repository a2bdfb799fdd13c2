import type { FastifyPluginCallback, FastifyReply, FastifyRequest, preHandlerAsyncHookHandler } from 'fastify';
import type { RequestAuth } from './auth.ts';
import type { Denied } from './denial.ts';
import { tokenRequestOf } from './http-request.ts';
import { checkScopes, guardScopes, type ScopeRule } from './scopes.ts';
import type { TokenValidator } from './token-validator.ts';
import { authenticationRule, checkAuthentication, type AuthenticationRule } from './user-authentication.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who sent the request. There behind `fastifyPlugin`, null on routes that it does not guard. */
    auth: RequestAuth | null;
  }
}

/**
 * Guards all routes of the scope it is registered in: requests with a good access token pass, with `request.auth`, all others are
 * answered. Before the body is read, or after it with `afterBody`, as `acceptFrom: ['form']` needs.
 */
export function fastifyPlugin(validator: TokenValidator, { afterBody = false } = {}): FastifyPluginCallback {
  const check = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const { raw, originalUrl: url, protocol, body } = request;
    const outcome = await validator.validate(tokenRequestOf({ raw, url, protocol, body }));
    if (!outcome.ok) return deny(reply, outcome);
    request.auth = outcome.auth;
    return undefined;
  };
  const plugin: FastifyPluginCallback = (fastify, _options, done) => {
    if (!fastify.hasRequestDecorator('auth')) fastify.decorateRequest('auth', null);
    if (afterBody) fastify.addHook('preValidation', check);
    else fastify.addHook('onRequest', check);
    done();
  };
  // Hooks for the scope that registers it, instead of a scope of its own without routes.
  return Object.assign(plugin, {
    [Symbol.for('skip-override')]: true,
    [Symbol.for('fastify.display-name')]: '@tokenwright/resource-server',
  });
}

/** A `preHandler` that lets requests pass whose token has all these scopes, or answers 403. */
export function requireScopes(...scopes: readonly string[]): preHandlerAsyncHookHandler {
  return guard({ all: guardScopes(scopes) });
}

/** As `requireScopes`, but one of them will do. */
export function requireAnyScope(...scopes: readonly string[]): preHandlerAsyncHookHandler {
  return guard({ any: guardScopes(scopes) });
}

/** Who sent the request. @throws TypeError when `fastifyPlugin` did not see it */
export function authOf(request: { readonly auth: RequestAuth | null }): RequestAuth {
  // On a server without the plugin there is no such member.
  const auth = request.auth as RequestAuth | null | undefined;
  if (auth === null || auth === undefined)
    throw new TypeError('the request has no auth: register fastifyPlugin in the scope of this route');
  return auth;
}

/**
 * A `preHandler` that lets requests pass whose person has signed in so surely and lately, or answers 401 with what the client is to ask the
 * authorize endpoint for. RFC 9470.
 */
export function requireAuthentication(rule: AuthenticationRule): preHandlerAsyncHookHandler {
  const checked = authenticationRule(rule);
  return guardBy((auth) => checkAuthentication(auth, checked));
}

function guard(rule: ScopeRule): preHandlerAsyncHookHandler {
  return guardBy((auth) => checkScopes(auth, rule));
}

function guardBy(check: (auth: RequestAuth | null) => Denied | null): preHandlerAsyncHookHandler {
  return async (request, reply) => {
    const denied = check(request.auth);
    return denied === null ? undefined : deny(reply, denied);
  };
}

function deny(reply: FastifyReply, { status, headers, body }: Denied): FastifyReply {
  return reply.code(status).headers(headers).send(body);
}
