import { hash } from 'node:crypto';
import type { ClientAuthenticationSettings } from '../configuration/client-authentication-settings.ts';
import type { ProfileSnapshot } from '../configuration/snapshot.ts';
import { OAuthError } from '../errors.ts';
import type { SingleUses } from '../single-uses.ts';
import type { OAuthRequest } from '../transport/exchange.ts';
import { parameter, type Form } from '../transport/form.ts';
import { ASSERTION_TOLERANCE, AssertionError, readAssertion, type ClientAssertion } from './client-assertion.ts';
import { KEYS_RETRY_SECONDS, KeysUnavailable, WrongSignature, type ForeignKeys } from '../foreign-keys.ts';
import type { ClientAuthenticationParts } from './client-authentication.ts';
import { authenticationFailed, otherClient } from './client-credentials.ts';
import type { FailedAuthentications } from './failed-authentications.ts';
import type { RegisteredClient } from './registered-client.ts';

/** RFC 7523 section 2.2. */
const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Authenticates clients by what they sign. RFC 7521 section 4.2, RFC 7523, OpenID Connect Core 1.0 section 9 (`private_key_jwt`). */
export class AssertionVerification {
  readonly #clock: () => number;
  readonly #failures: FailedAuthentications;
  readonly #uses: SingleUses;
  readonly #keys: ForeignKeys;

  constructor({ clock, failures, uses, keys }: ClientAuthenticationParts) {
    this.#clock = clock;
    this.#failures = failures;
    this.#uses = uses;
    this.#keys = keys;
  }

  /**
   * The client that has signed the assertion of a request. What is wrong with the assertion by itself is said; that the client is
   * unknown, may not use assertions or has other keys is not told apart.
   *
   * @throws OAuthError as `ClientAuthentication` does
   */
  async authenticate(profile: ProfileSnapshot, request: OAuthRequest, form: Form): Promise<RegisteredClient> {
    const fail = (clientId: string, reason: string, error = authenticationFailed()) => {
      this.#failures.record(profile.id, clientId, request.clientIpAddress, reason);
      return error;
    };
    const formId = parameter(form, 'client_id');
    const now = this.#clock();
    let assertion: ClientAssertion;
    try {
      assertion = readAssertion(presented(form), (value) => profile.isAssertionAudience(value, request.path), now);
    } catch (error) {
      if (!(error instanceof AssertionError)) throw error;
      throw fail(error.clientId, error.message, new OAuthError('invalid_client', error.message));
    }
    const { clientId, jti, expiresAt } = assertion;
    if (formId !== undefined && formId !== clientId) throw otherClient();
    const client = await profile.findClient(clientId);
    const settings = client?.client.authentication ?? null;
    if (client === undefined || settings === null || !client.methods.has('private_key_jwt'))
      throw fail(clientId, 'no client of this id may use private_key_jwt');
    if (settings.signingAlgorithm !== undefined && settings.signingAlgorithm !== assertion.algorithm)
      throw fail(clientId, 'the client has registered another algorithm');
    await this.#verify(assertion, settings, profile, now, (reason) => fail(clientId, reason));
    const use = {
      profile: profile.id,
      kind: 'client-assertion',
      hash: hash('sha256', `${clientId}\n${jti}`, 'buffer'),
      expiresAt,
    } as const;
    if (await this.#uses.isFirst(use)) return client;
    const used = 'The client assertion has been used before.';
    throw fail(clientId, used, new OAuthError('invalid_client', used));
  }

  /** @throws OAuthError when none of the client's keys has signed it, or they cannot be had */
  async #verify(
    assertion: ClientAssertion,
    settings: ClientAuthenticationSettings,
    profile: ProfileSnapshot,
    now: number,
    fail: (reason: string) => OAuthError,
  ): Promise<void> {
    try {
      const expected = { algorithms: [assertion.algorithm], clockTolerance: ASSERTION_TOLERANCE };
      await this.#keys.verify(assertion.text, settings, expected, profile, now);
    } catch (error) {
      if (error instanceof WrongSignature) throw fail(error.message);
      if (!(error instanceof KeysUnavailable)) throw error;
      this.#failures.recordUnverified(profile.id, assertion.clientId, error.message);
      throw new OAuthError('temporarily_unavailable', 'The keys of the client cannot be had now. Try again later.', {
        retryAfter: KEYS_RETRY_SECONDS,
        cause: error,
      });
    }
  }
}

/** RFC 7521 section 4.2. */
function presented(form: Form): string {
  const type = parameter(form, 'client_assertion_type');
  const assertion = parameter(form, 'client_assertion');
  if (type === undefined || assertion === undefined)
    throw new OAuthError('invalid_request', 'client_assertion and client_assertion_type go together.');
  if (type !== JWT_BEARER) throw new OAuthError('invalid_client', `The client_assertion_type must be ${JWT_BEARER}.`);
  return assertion;
}
