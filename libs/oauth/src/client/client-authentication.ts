import type { ProfileSnapshot } from '../configuration/snapshot.ts';
import { OAuthError } from '../errors.ts';
import type { SingleUses } from '../single-uses.ts';
import type { MaybePromise } from '../stores.ts';
import { header, type OAuthRequest } from '../transport/exchange.ts';
import { parameter, type Form } from '../transport/form.ts';
import type { AttemptBrake } from './attempt-brake.ts';
import { isDynamicClientId } from '../registration/dynamic-clients.ts';
import { AssertionVerification } from './assertion-verification.ts';
import { isCertificateOf } from './certificate-authentication.ts';
import type { Counted } from '../counts/service-counts.ts';
import { presentedClientId } from './presented-client-id.ts';
import { authenticationFailed, authenticationRequired } from './client-credentials.ts';
import type { ForeignKeys } from '../foreign-keys.ts';
import type { FailedAuthentications } from './failed-authentications.ts';
import type { RegisteredClient } from './registered-client.ts';
import { SecretVerification } from './secret-verification.ts';
import type { SlowHashQueue } from './slow-hash-queue.ts';

/** What client authentication stands on. */
export interface ClientAuthenticationParts {
  /** Seconds since 1970. */
  readonly clock: () => number;
  readonly failures: FailedAuthentications;
  readonly uses: SingleUses;
  /** Verifies by key sets that clients publish; without it no client can have its keys elsewhere. */
  readonly keys: ForeignKeys;
  /** Slows down who fails; without it nobody is. */
  readonly brake?: AttemptBrake;
}

/**
 * Authenticates clients by one of the methods that each is registered for. RFC 6749 section 2.3.
 *
 * Credentials that are sent decide which method it is: a secret or an assertion. Where there are none the client's id does, by
 * what it is registered for: its TLS certificate, or nothing at all for a public client. A certificate beside other credentials
 * is no second method, since tokens may be bound to it (RFC 8705 section 3).
 */
export class ClientAuthentication {
  readonly #secrets: SecretVerification;
  readonly #assertions: AssertionVerification;
  readonly #failures: FailedAuthentications;
  readonly #brake: AttemptBrake | undefined;

  constructor(parts: ClientAuthenticationParts) {
    this.#failures = parts.failures;
    this.#brake = parts.brake;
    this.#secrets = new SecretVerification(parts.clock, parts.failures);
    this.#assertions = new AssertionVerification(parts);
  }

  /** Where slow verifications wait. */
  get queue(): SlowHashQueue {
    return this.#secrets.queue;
  }

  /**
   * The client that a request comes from; at once when its secret is known, else a promise.
   *
   * @throws OAuthError `invalid_client` (one description for an unknown client and a wrong secret), `invalid_request`,
   *   `temporarily_unavailable` when too many slow verifications wait, or the client's keys cannot be had
   */
  authenticate(profile: ProfileSnapshot, request: OAuthRequest, form: Form): MaybePromise<RegisteredClient> {
    const failed = (error: unknown) => this.#failed(error, profile, request, form);
    try {
      const client = this.#authenticate(profile, request, form);
      return client instanceof Promise ? client.catch(failed) : client;
    } catch (error) {
      return failed(error);
    }
  }

  /** What succeeds comes back at once; a failure may be held back. */
  async #failed(error: unknown, profile: ProfileSnapshot, request: OAuthRequest, form: Form): Promise<never> {
    if (!(error instanceof OAuthError) || error.code !== 'invalid_client') throw error;
    const failure = failureOf(profile, request, form);
    error.counted = { failure };
    if (failure.reason === 'missing' || this.#brake === undefined) throw error;
    try {
      await this.#brake.failed(profile.id, presentedClientId(request, form), request.clientIpAddress);
    } catch (refusal) {
      if (refusal instanceof OAuthError) refusal.counted = { ...refusal.counted, failure };
      throw refusal;
    }
    throw error;
  }

  #authenticate(profile: ProfileSnapshot, request: OAuthRequest, form: Form): MaybePromise<RegisteredClient> {
    const authorization = header(request, 'authorization');
    const hasSecret = (authorization !== undefined && authorization !== '') || form.has('client_secret');
    if (form.has('client_assertion') || form.has('client_assertion_type')) {
      if (hasSecret) throw new OAuthError('invalid_request', 'Use one method of client authentication only.');
      return this.#assertions.authenticate(profile, request, form);
    }
    if (hasSecret) return this.#secrets.authenticate(profile, authorization, form, request.clientIpAddress);
    return this.#identify(profile, request, parameter(form, 'client_id'));
  }

  /** RFC 8705 section 2; RFC 6749 section 3.2.1 for public clients. */
  #identify(profile: ProfileSnapshot, request: OAuthRequest, id: string | undefined): MaybePromise<RegisteredClient> {
    if (id === undefined) throw authenticationRequired();
    const client = profile.findClient(id);
    return client instanceof Promise
      ? client.then((found) => this.#identified(profile, request, id, found))
      : this.#identified(profile, request, id, client);
  }

  #identified(profile: ProfileSnapshot, request: OAuthRequest, id: string, client: RegisteredClient | undefined): RegisteredClient {
    if (client?.methods.has('none') === true) return client;
    const certificate = request.clientCertificate?.() ?? null;
    if (certificate === null) throw authenticationRequired();
    if (client !== undefined && isCertificateOf(client, certificate)) return client;
    this.#failures.record(profile.id, id, request.clientIpAddress);
    throw authenticationFailed();
  }
}

/** What a failed authentication is counted as. */
function failureOf(profile: ProfileSnapshot, request: OAuthRequest, form: Form): NonNullable<Counted['failure']> {
  const presented = presentedClientId(request, form);
  // Whether one of these is there was asked, and the answer is not kept: they are counted together.
  const client = isDynamicClientId(presented) ? presented : (profile.configuredClient(presented)?.id ?? null);
  if (!presentsClient(request, form)) return { reason: 'missing', client };
  if (client === null) return { reason: 'unknown_client', client };
  if (form.has('client_assertion')) return { reason: 'assertion', client };
  return { reason: header(request, 'authorization') !== undefined || form.has('client_secret') ? 'secret' : 'certificate', client };
}

/** Whether a request presents itself as a client's at all, rightly or not. */
export function presentsClient(request: OAuthRequest, form: Form): boolean {
  return (
    header(request, 'authorization') !== undefined ||
    form.has('client_secret') ||
    form.has('client_assertion') ||
    (form.has('client_id') && (request.clientCertificate?.() ?? null) !== null)
  );
}
