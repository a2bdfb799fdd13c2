import { hash, randomBytes } from 'node:crypto';
import type { ProfileSnapshot } from '../configuration/snapshot.ts';
import type { ClientSecret } from '../configuration/client-settings.ts';
import type { MaybePromise } from '../stores.ts';
import { parameter, type Form } from '../transport/form.ts';
import { laneOf } from './address-lane.ts';
import { BoundedMemo } from './bounded-memo.ts';
import { authenticationFailed, authenticationRequired, presentedSecret, type PresentedSecret } from './client-credentials.ts';
import { hashChosenSecret, isSlowHash, verifyGeneratedSecret, verifySecret } from './client-secret.ts';
import type { FailedAuthentications } from './failed-authentications.ts';
import type { RegisteredClient } from './registered-client.ts';
import { isDynamicClientId } from '../registration/dynamic-clients.ts';
import { SlowHashQueue } from './slow-hash-queue.ts';

const MEMO_ENTRIES = 10_000;
/** For how long a wrong secret is known to be wrong without hashing again. Seconds. */
const FAILURE_SECONDS = 60;

type SecretMethod = PresentedSecret['method'];

interface Verified {
  readonly clientId: string;
  readonly secret: ClientSecret;
  readonly method: SecretMethod;
}

/**
 * Authenticates clients by their secrets. RFC 6749 section 2.3.1.
 *
 * A verified secret is remembered under a keyed hash of what was sent, so that argon2 runs once per client and node,
 * not once per introspection; the memo neither holds secrets nor outlives them.
 */
export class SecretVerification {
  readonly #memoKey = randomBytes(32).toString('base64url');
  /** Apart, since anybody with a generated secret can fill the second with variants of the same header at no cost. */
  readonly #slowlyVerified = new BoundedMemo<Verified>(MEMO_ENTRIES);
  readonly #quicklyVerified = new BoundedMemo<Verified>(MEMO_ENTRIES);
  readonly #refused = new BoundedMemo<{ readonly secrets: string; readonly until: number }>(MEMO_ENTRIES);
  readonly #underWay = new Map<string, Promise<RegisteredClient>>();
  readonly queue = new SlowHashQueue();
  #decoy: Promise<string> | undefined;

  constructor(
    private readonly clock: () => number,
    private readonly failures: FailedAuthentications,
  ) {}

  /**
   * The client whose secret was sent; at once when the secret is known, else a promise.
   *
   * @throws OAuthError as `ClientAuthentication` does
   */
  authenticate(
    profile: ProfileSnapshot,
    authorization: string | undefined,
    form: Form,
    address: string | null,
  ): MaybePromise<RegisteredClient> {
    // A request that is known must be one that would be let in afresh: what makes it two methods is part of its name.
    const presented =
      authorization !== undefined && authorization !== ''
        ? `b\n${authorization}\n${parameter(form, 'client_id') ?? ''}\n${parameter(form, 'client_secret') === undefined ? '' : '2'}`
        : `p\n${parameter(form, 'client_id') ?? ''}\n${parameter(form, 'client_secret') ?? ''}`;
    const memo = hash('sha256', `${this.#memoKey}\n${profile.id}\n${presented}`, 'base64url');
    const known = this.#slowlyVerified.get(memo) ?? this.#quicklyVerified.get(memo);
    if (known === undefined) return this.#afresh(profile, authorization, form, memo, address);
    const client = profile.findClient(known.clientId);
    const go = (found: RegisteredClient | undefined) =>
      this.#known(known, memo, found) ?? this.#afresh(profile, authorization, form, memo, address);
    return client instanceof Promise ? client.then(go) : go(client);
  }

  #afresh(
    profile: ProfileSnapshot,
    authorization: string | undefined,
    form: Form,
    memo: string,
    address: string | null,
  ): Promise<RegisteredClient> {
    const credentials = presentedSecret(authorization, form);
    if (credentials === null) throw authenticationRequired();
    // Whoever sends the same at the same time waits for the same verification, and takes one place in the queue; not so
    // a request of a later snapshot, in which the client or its secret may be gone.
    // Clients that have registered themselves change without the snapshot, and have no secrets that take long.
    if (credentials.readings.some(({ id }) => isDynamicClientId(id))) return this.#verify(profile, credentials, memo, address);
    const name = `${profile.revision} ${memo}`;
    const underWay = this.#underWay.get(name);
    if (underWay !== undefined) return underWay;
    const verification = this.#verify(profile, credentials, memo, address).finally(() => this.#underWay.delete(name));
    this.#underWay.set(name, verification);
    return verification;
  }

  /** The client of a secret that was verified before and is still in force; other changes of the client do not matter. */
  #known(known: Verified, memo: string, client: RegisteredClient | undefined): RegisteredClient | undefined {
    const secret = secretsFor(known.method, client).find((each) => each === known.secret || each.hash === known.secret.hash);
    if (client !== undefined && secret !== undefined && this.#inForce(secret)) return client;
    this.#slowlyVerified.delete(memo);
    this.#quicklyVerified.delete(memo);
    return undefined;
  }

  async #verify(
    profile: ProfileSnapshot,
    { method, readings }: PresentedSecret,
    memo: string,
    address: string | null,
  ): Promise<RegisteredClient> {
    const id = readings[0]?.id ?? '';
    const fail = () => {
      this.failures.record(profile.id, id, address);
      return authenticationFailed(method === 'client_secret_basic');
    };
    const found = readings.map((reading) => profile.findClient(reading.id));
    // Not later than it must be: who sends the same meanwhile is to find it under way.
    const clients: (RegisteredClient | undefined)[] = [];
    for (const client of found) clients.push(client instanceof Promise ? await client : client);
    const secrets = clients.map((client) => hashesOf(method, client)).join(' ');
    const refused = this.#refused.get(memo);
    if (refused !== undefined && refused.until > this.clock() && refused.secrets === secrets) throw fail();

    const lane = `${laneOf(address)}\n${id}`;
    let hashed = false;
    for (const [i, reading] of readings.entries()) {
      if (reading.secret === '' || reading.secret.length > 1024) continue;
      const client = clients[i];
      for (const secret of secretsFor(method, client)) {
        if (client === undefined || !this.#inForce(secret)) continue;
        const isSlow = isSlowHash(secret.hash);
        hashed ||= isSlow;
        const good = isSlow
          ? await this.queue.verify(lane, () => verifySecret(reading.secret, secret.hash))
          : verifyGeneratedSecret(reading.secret, secret.hash);
        if (!good) continue;
        (isSlow ? this.#slowlyVerified : this.#quicklyVerified).set(memo, { clientId: client.id, secret, method });
        return client;
      }
    }
    // A failure takes as long for an unknown client, and for one whose secret needs no slow hash, as for any other.
    if (!hashed) await this.queue.verify(lane, () => this.#hashForNothing(readings[0]?.secret ?? ''));
    this.#refused.set(memo, { secrets, until: this.clock() + FAILURE_SECONDS });
    throw fail();
  }

  async #hashForNothing(secret: string): Promise<boolean> {
    await verifySecret(secret.slice(0, 1024), await (this.#decoy ??= hashChosenSecret(randomBytes(16).toString('hex'))));
    return false;
  }

  #inForce(secret: ClientSecret): boolean {
    return secret.expiresAt === null || secret.expiresAt > this.clock();
  }
}

const NONE: readonly ClientSecret[] = [];

/** The secrets that a client may use by a method: none where the method is not among its own. */
function secretsFor(method: SecretMethod, client: RegisteredClient | undefined): readonly ClientSecret[] {
  return client?.methods.has(method) === true ? client.client.secrets : NONE;
}

/** What a refusal depends on: it must not outlive a new secret. */
function hashesOf(method: SecretMethod, client: RegisteredClient | undefined): string {
  return client === undefined
    ? '-'
    : secretsFor(method, client)
        .map((secret) => secret.hash)
        .join(',');
}
