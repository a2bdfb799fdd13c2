import type { IncomingMessage } from 'node:http';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { RequestAuth } from './auth.ts';
import type { Denied } from './denial.ts';
import { tokenRequestOf } from './http-request.ts';
import { checkScopes, guardScopes, type ScopeRule } from './scopes.ts';
import type { TokenValidator } from './token-validator.ts';
import { authenticationRule, checkAuthentication, type AuthenticationRule } from './user-authentication.ts';

/** `HttpException` of `@nestjs/common`: handed over, so that this package brings no Nest of its own. */
export type HttpExceptionClass = new (response: string | Record<string, unknown>, status: number) => Error;

/** A request of Nest on Express, or on Fastify. */
interface NestRequest extends Partial<IncomingMessage> {
  readonly raw?: IncomingMessage;
  readonly originalUrl: string;
  readonly protocol: string;
  readonly body?: unknown;
  auth?: RequestAuth | null;
}

interface NestResponse {
  header(name: string, value: string): unknown;
}

const exceptionOf = new WeakMap<RequestAuth, HttpExceptionClass>();

/**
 * A guard that lets requests pass that have a good access token, with `request.auth`, and answers all others. For `@UseGuards`,
 * `useGlobalGuards` and `APP_GUARD`, on both platforms of Nest.
 */
export function nestTokenGuard(validator: TokenValidator, HttpException: HttpExceptionClass): CanActivate {
  return {
    async canActivate(context) {
      const request = requestOf(context);
      const { originalUrl: url, protocol, body } = request;
      const raw = request.raw ?? (request as IncomingMessage);
      const outcome = await validator.validate(tokenRequestOf({ raw, url, protocol, body }));
      if (!outcome.ok) throw denial(context, outcome, HttpException);
      request.auth = outcome.auth;
      exceptionOf.set(outcome.auth, HttpException);
      return true;
    },
  };
}

/** A guard that lets requests pass whose token has all these scopes, or answers 403. It belongs behind the token guard. */
export function requireScopes(...scopes: readonly string[]): CanActivate {
  return guard({ all: guardScopes(scopes) });
}

/** As `requireScopes`, but one of them will do. */
export function requireAnyScope(...scopes: readonly string[]): CanActivate {
  return guard({ any: guardScopes(scopes) });
}

/** Who sent the request. @throws TypeError when the token guard did not see it */
export function authOf(request: { readonly auth?: RequestAuth | null }): RequestAuth {
  if (request.auth === null || request.auth === undefined) throw new TypeError('the request has no auth: put the token guard before this');
  return request.auth;
}

/**
 * A guard that lets requests pass whose person has signed in so surely and lately, or answers 401 with what the client is to ask the
 * authorize endpoint for. It belongs behind the token guard. RFC 9470.
 */
export function requireAuthentication(rule: AuthenticationRule): CanActivate {
  const checked = authenticationRule(rule);
  return guardBy((auth) => checkAuthentication(auth, checked));
}

function guard(rule: ScopeRule): CanActivate {
  return guardBy((auth) => checkScopes(auth, rule));
}

function guardBy(check: (auth: RequestAuth) => Denied | null): CanActivate {
  return {
    canActivate(context) {
      const auth = authOf(requestOf(context));
      const denied = check(auth);
      const HttpException = exceptionOf.get(auth);
      if (denied === null) return true;
      if (HttpException === undefined) throw new TypeError('the auth of the request is of another framework: use nestTokenGuard');
      throw denial(context, denied, HttpException);
    },
  };
}

function requestOf(context: ExecutionContext): NestRequest {
  if (context.getType() !== 'http') throw new TypeError('access tokens are checked for HTTP requests only');
  return context.switchToHttp().getRequest<NestRequest>();
}

/** Headers go onto the response, which Nest's filters keep; status and body are the exception's. */
function denial(context: ExecutionContext, { status, headers, body, reason }: Denied, HttpException: HttpExceptionClass): Error {
  const response = context.switchToHttp().getResponse<NestResponse>();
  for (const [name, value] of Object.entries(headers)) response.header(name, value);
  const content = body === '' ? 'An access token is required.' : (JSON.parse(body) as Record<string, unknown>);
  return Object.assign(new HttpException(content, status), { cause: new Error(reason) });
}
