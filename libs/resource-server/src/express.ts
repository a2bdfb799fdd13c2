import type { RequestHandler, Response } from 'express';
import type { RequestAuth } from './auth.ts';
import type { Denied } from './denial.ts';
import { tokenRequestOf } from './http-request.ts';
import { checkScopes, guardScopes, type ScopeRule } from './scopes.ts';
import type { TokenValidator } from './token-validator.ts';
import { authenticationRule, checkAuthentication, type AuthenticationRule } from './user-authentication.ts';

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- where Express has its types extended
  namespace Express {
    interface Request {
      /** Who sent the request. There behind `expressMiddleware`. */
      auth?: RequestAuth;
    }
  }
}

/**
 * Lets requests pass that have a good access token, with `request.auth`, and answers all others.
 * To accept tokens in forms (`acceptFrom`), it belongs behind what reads the body.
 */
export function expressMiddleware(validator: TokenValidator): RequestHandler {
  return (request, response, next) => {
    const { originalUrl: url, protocol } = request;
    validator.validate(tokenRequestOf({ raw: request, url, protocol, body: request.body })).then((outcome) => {
      if (!outcome.ok) {
        deny(response, outcome);
        return;
      }
      request.auth = outcome.auth;
      next();
    }, next);
  };
}

/** Lets requests pass whose token has all these scopes, or answers 403. It belongs behind `expressMiddleware`. */
export function requireScopes(...scopes: readonly string[]): RequestHandler {
  return guard({ all: guardScopes(scopes) });
}

/** As `requireScopes`, but one of them will do. */
export function requireAnyScope(...scopes: readonly string[]): RequestHandler {
  return guard({ any: guardScopes(scopes) });
}

/** Who sent the request. @throws TypeError when `expressMiddleware` did not see it */
export function authOf(request: { readonly auth?: RequestAuth }): RequestAuth {
  if (request.auth === undefined) throw new TypeError('the request has no auth: put expressMiddleware before this handler');
  return request.auth;
}

/**
 * Lets requests pass whose person has signed in so surely and lately, or answers 401 with what the client is to ask the authorize endpoint
 * for. It belongs behind `expressMiddleware`. RFC 9470.
 */
export function requireAuthentication(rule: AuthenticationRule): RequestHandler {
  const checked = authenticationRule(rule);
  return guardBy((auth) => checkAuthentication(auth, checked));
}

function guard(rule: ScopeRule): RequestHandler {
  return guardBy((auth) => checkScopes(auth, rule));
}

function guardBy(check: (auth: RequestAuth | undefined) => Denied | null): RequestHandler {
  return (request, response, next) => {
    const denied = check(request.auth);
    if (denied === null) next();
    else deny(response, denied);
  };
}

function deny(response: Response, { status, headers, body }: Denied): void {
  response.status(status).set(headers).end(body);
}
