import { hash, randomBytes } from 'node:crypto';
import type { ProfileSnapshot } from '../configuration/snapshot.ts';
import type { ClientSecret } from '../configuration/entities.ts';
import { OAuthError } from '../errors.ts';
import type { MaybePromise } from '../stores.ts';
import { header, type OAuthRequest } from '../transport/exchange.ts';
import { parameter, type Form } from '../transport/form.ts';
import { CHALLENGE, presentedCredentials, type PresentedCredentials } from './client-credentials.ts';
import { hashChosenSecret, isSlowHash, verifyGeneratedSecret, verifySecret } from './client-secret.ts';
import type { RegisteredClient } from './registered-client.ts';
import { SlowHashQueue } from './slow-hash-queue.ts';

const MEMO_ENTRIES = 10_000;
/** For how long a wrong slow secret is known to be wrong without hashing again. Seconds. */
const FAILURE_SECONDS = 60;

interface Verified {
  readonly client: RegisteredClient['client'];
  readonly secret: ClientSecret;
}

/**
 * Authenticates clients. RFC 6749 section 2.3.
 *
 * A verified secret is remembered under a keyed hash of what was sent, so that argon2 runs once per client and node,
 * not once per introspection; the memo neither holds secrets nor outlives a change of the client or its secrets.
 */
export class ClientAuthentication {
  readonly #memoKey = randomBytes(32).toString('base64url');
  #verified = new Map<string, Verified>();
  #refused = new Map<string, { readonly client: RegisteredClient['client'] | undefined; readonly until: number }>();
  readonly #underWay = new Map<string, Promise<RegisteredClient>>();
  readonly queue = new SlowHashQueue();
  #decoy: Promise<string> | undefined;

  constructor(private readonly clock: () => number) {}

  /**
   * The client that a request comes from; at once when its secret is known, else a promise.
   *
   * @throws OAuthError `invalid_client` (one description for an unknown client and a wrong secret), `invalid_request`,
   *   `temporarily_unavailable` when too many slow verifications wait
   */
  authenticate(profile: ProfileSnapshot, request: OAuthRequest, form: Form): MaybePromise<RegisteredClient> {
    const authorization = header(request, 'authorization');
    // A request that is known must be one that would be let in afresh: what makes it two methods is part of its name.
    const assertion = form.has('client_assertion') ? 'a' : '';
    const presented =
      authorization !== undefined && authorization !== ''
        ? `b\n${authorization}\n${parameter(form, 'client_id') ?? ''}\n${parameter(form, 'client_secret') === undefined ? '' : '2'}`
        : `p\n${parameter(form, 'client_id') ?? ''}\n${parameter(form, 'client_secret') ?? ''}`;
    const memo = hash('sha256', `${this.#memoKey}\n${profile.id}\n${assertion}${presented}`, 'base64url');
    const known = this.#verified.get(memo);
    if (known !== undefined) {
      const client = profile.client(known.client.id);
      if (client?.client === known.client && this.#inForce(known.secret)) return client;
      this.#verified.delete(memo);
    }
    const credentials = presentedCredentials(authorization, form);
    if (credentials === null) throw new OAuthError('invalid_client', 'Client authentication is required.', { challenge: CHALLENGE });
    // Whoever sends the same at the same time waits for the same verification, and takes one place in the queue; not so
    // a request of a later snapshot, in which the client or its secret may be gone.
    const name = `${profile.revision} ${memo}`;
    const underWay = this.#underWay.get(name);
    if (underWay !== undefined) return underWay;
    const verification = this.#verify(profile, credentials, memo).finally(() => this.#underWay.delete(name));
    this.#underWay.set(name, verification);
    return verification;
  }

  async #verify(profile: ProfileSnapshot, credentials: PresentedCredentials, memo: string): Promise<RegisteredClient> {
    const challenge = credentials.method === 'client_secret_basic' ? { challenge: CHALLENGE } : {};
    const failed = () => new OAuthError('invalid_client', 'Client authentication failed.', challenge);
    const refused = this.#refused.get(memo);
    if (refused !== undefined && refused.until > this.clock() && refused.client === profile.client(credentials.readings[0]?.id ?? '')?.client) throw failed();

    let slow = false;
    for (const { id, secret } of credentials.readings) {
      if (secret === '' || secret.length > 1024) continue;
      const client = profile.client(id);
      for (const candidate of client?.client.secrets ?? []) {
        if (!this.#inForce(candidate)) continue;
        const isSlow = isSlowHash(candidate.hash);
        slow ||= isSlow;
        const good = isSlow
          ? await this.queue.verify(`${profile.id}/${id}`, () => verifySecret(secret, candidate.hash))
          : verifyGeneratedSecret(secret, candidate.hash);
        if (good && client !== undefined) {
          this.#remember(memo, { client: client.client, secret: candidate });
          return client;
        }
      }
      // An unknown client must take as long as a known one with a wrong secret.
      if (client === undefined) {
        slow = true;
        await this.queue.verify('unknown', async () => {
          await verifySecret(secret, await (this.#decoy ??= hashChosenSecret(randomBytes(16).toString('hex'))));
          return false;
        });
      }
    }
    if (slow) this.#refuse(memo, profile.client(credentials.readings[0]?.id ?? '')?.client);
    throw failed();
  }

  #inForce(secret: ClientSecret): boolean {
    return secret.expiresAt === null || secret.expiresAt > this.clock();
  }

  #remember(memo: string, verified: Verified): void {
    if (this.#verified.size >= MEMO_ENTRIES) this.#verified = new Map();
    this.#verified.set(memo, verified);
  }

  #refuse(memo: string, client: RegisteredClient['client'] | undefined): void {
    if (this.#refused.size >= MEMO_ENTRIES) this.#refused = new Map();
    this.#refused.set(memo, { client, until: this.clock() + FAILURE_SECONDS });
  }
}
