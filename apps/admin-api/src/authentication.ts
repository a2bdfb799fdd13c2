import type { FastifyInstance, FastifyRequest } from 'fastify';
import { hashGeneratedSecret, verifyGeneratedSecret, type Administrator, type Configuration } from '#libs/oauth';
import type { Actor } from './actor.ts';
import { ASSETS } from './admin-page.ts';
import type { AdminServices } from './admin-services.ts';
import type { AdminSessions } from './admin-sessions.ts';
import { FailedAttempts, type FailedAttemptLimits } from './failed-attempts.ts';
import { OPEN_ID_CALLBACK, OPEN_ID_PATH } from './open-id-sign-in.ts';
import { Problem } from './problem.ts';
import type { SignInWays } from './session-answers.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who sent the request; null until authenticated, and for resources that are open to all. */
    administrator: Actor | null;
  }
}

/** The resources that need no token. */
const OPEN = new Set(['/health/live', '/health/ready', '/openapi.json', ASSETS, OPEN_ID_PATH, OPEN_ID_CALLBACK]);

/** Whether the matched route (not the URL as written, which has many spellings) is open to all. */
export function isOpen(request: FastifyRequest): boolean {
  return OPEN.has(request.routeOptions.url ?? '') || isSignIn(request);
}

/** Where browsers sign in. */
const SESSION = '/admin/v1/session';
/** Bytes of the body of whoever signs in, the one body that is read of strangers. */
const SIGN_IN_LIMIT = 4096;

function isSignIn({ method, routeOptions }: FastifyRequest): boolean {
  return method === 'POST' && routeOptions.url === SESSION;
}

/**
 * Bearer tokens of administrators, RFC 6750, and sessions of their browsers. Runs before a body is read, so that strangers cannot make us
 * parse. Where a request has both, the token counts alone.
 */
export class Authentication {
  readonly #failures: FailedAttempts;
  /** Administrators by token hash, of the configuration it was made from. */
  #index: { readonly of: Configuration; readonly byHash: ReadonlyMap<string, Administrator> } | undefined;

  constructor(
    private readonly services: AdminServices,
    private readonly sessions: AdminSessions,
    private readonly signInWays: SignInWays,
    limits?: FailedAttemptLimits,
  ) {
    this.#failures = new FailedAttempts(limits);
  }

  guard(fastify: FastifyInstance): void {
    fastify.decorateRequest('administrator', null);
    fastify.decorateRequest('adminSession', null);
    fastify.addHook('onRequest', async (request) => {
      if (isSignIn(request)) requireShort(request);
      if (request.is404 || isOpen(request)) return;
      request.administrator = await this.#authenticate(request);
    });
  }

  async #authenticate(request: FastifyRequest): Promise<Actor> {
    const header = request.headers.authorization;
    if (header !== undefined) return this.byToken(/^Bearer +([\x21-\x7e]{1,512})$/i.exec(header)?.[1] ?? null, request);
    request.adminSession = await this.sessions.authenticate(request);
    if (request.adminSession !== null) return request.adminSession.actor;
    const members = request.routeOptions.url === SESSION ? { signInWays: this.signInWays } : {};
    throw unauthorized('Send an administrator token: Authorization: Bearer twadm_...', '', members);
  }

  /**
   * Whose token it is; who guesses is slowed.
   *
   * @throws Problem `unauthorized`, `too-many-attempts`
   */
  async byToken(token: string | null, request: FastifyRequest): Promise<Administrator> {
    const administrator = token === null ? null : this.#find(token);
    if (administrator !== null) return administrator;
    const count = await this.#failures.hold(request.ip);
    this.services.log.warn({ address: request.ip, failures: count, request: request.id }, 'an administrator token was refused');
    throw unauthorized('The token is not one of an administrator.', ', error="invalid_token"');
  }

  /** By the hash, so that time tells nothing about a token; the hash is then compared in constant time. */
  #find(token: string): Administrator | null {
    const administrator = this.#byHash().get(hashGeneratedSecret(token));
    return administrator !== undefined && verifyGeneratedSecret(token, administrator.tokenHash) ? administrator : null;
  }

  #byHash(): ReadonlyMap<string, Administrator> {
    const now = this.services.configuration.current;
    if (this.#index?.of === now) return this.#index.byHash;
    const byHash =
      this.#index?.of.sharesWith(now, 'administrator') === true
        ? this.#index.byHash
        : new Map([...now.all('administrator')].map((administrator) => [administrator.tokenHash, administrator]));
    this.#index = { of: now, byHash };
    return byHash;
  }
}

/** A length that is not told, as of a chunked body, is none that is read. */
function requireShort({ headers }: FastifyRequest): void {
  if (headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) <= SIGN_IN_LIMIT) return;
  throw new Problem('too-large', `Whoever signs in sends a body with a Content-Length of at most ${SIGN_IN_LIMIT} bytes.`);
}

function unauthorized(detail: string, parameters: string, members: Readonly<Record<string, unknown>> = {}): Problem {
  return new Problem('unauthorized', detail, { members, headers: { 'www-authenticate': `Bearer realm="tokenwright"${parameters}` } });
}
