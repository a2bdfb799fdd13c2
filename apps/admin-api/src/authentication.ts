import type { FastifyInstance, FastifyRequest } from 'fastify';
import { hashGeneratedSecret, verifyGeneratedSecret, type Administrator, type Configuration } from '#libs/oauth';
import type { AdminServices } from './admin-services.ts';
import { FailedAttempts, type FailedAttemptLimits } from './failed-attempts.ts';
import { Problem } from './problem.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who sent the request; null until authenticated, and for resources that are open to all. */
    administrator: Administrator | null;
  }
}

/** The resources that need no token. */
const OPEN = new Set(['/health/live', '/health/ready', '/openapi.json']);

/** Whether the matched route (not the URL as written, which has many spellings) is open to all. */
export function isOpen(request: FastifyRequest): boolean {
  return OPEN.has(request.routeOptions.url ?? '');
}

/** Bearer tokens of administrators, RFC 6750. Runs before a body is read, so that strangers cannot make us parse. */
export class Authentication {
  readonly #failures: FailedAttempts;
  /** Administrators by token hash, of the configuration it was made from. */
  #index: { readonly of: Configuration; readonly byHash: ReadonlyMap<string, Administrator> } | undefined;

  constructor(
    private readonly services: AdminServices,
    limits?: FailedAttemptLimits,
  ) {
    this.#failures = new FailedAttempts(limits);
  }

  guard(fastify: FastifyInstance): void {
    fastify.decorateRequest('administrator', null);
    fastify.addHook('onRequest', async (request) => {
      if (request.is404 || isOpen(request)) return;
      request.administrator = await this.#authenticate(request);
    });
  }

  async #authenticate(request: FastifyRequest): Promise<Administrator> {
    const header = request.headers.authorization;
    if (header === undefined) throw unauthorized('Send an administrator token: Authorization: Bearer twadm_...', '');
    const token = /^Bearer +([\x21-\x7e]{1,512})$/i.exec(header)?.[1];
    const administrator = token === undefined ? null : this.#find(token);
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

function unauthorized(detail: string, parameters: string): Problem {
  return new Problem('unauthorized', detail, { headers: { 'www-authenticate': `Bearer realm="tokenwright"${parameters}` } });
}
