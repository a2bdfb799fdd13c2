import { randomBytes } from 'node:crypto';
import { laneOf } from '../client/address-lane.ts';
import type { SignInFailure } from '../counts/service-counts.ts';
import { OAuthError } from '../errors.ts';
import { SlowHashQueue } from '../client/slow-hash-queue.ts';
import type { Account, AccountStore } from '../people-stores.ts';
import type { FailedSignIns } from './failed-sign-ins.ts';
import { hashPassword, isToBeRenewed, LONGEST_PASSWORD, verifyPassword } from './password.ts';
import { usernameOf } from './username.ts';

/** An account whose password was right. */
export type VerifiedAccount = Account & { readonly passwordHash: string };

/**
 * Tells whether a password is an account's. Nobody hears why it is not: an unknown name, an account that is locked, disabled or has no
 * password take as long as a wrong one, and get the same answer.
 */
export class PasswordVerification {
  readonly queue = new SlowHashQueue();
  #decoy: Promise<string> | undefined;

  constructor(
    private readonly accounts: AccountStore,
    private readonly failures: FailedSignIns,
    private readonly clock: () => number,
  ) {}

  /**
   * The account of this name, if the password is its own and may be tried now; else null.
   *
   * @throws OAuthError `temporarily_unavailable` when too many wait
   */
  async verify(profile: string, typed: string, password: string, address: string | null): Promise<VerifiedAccount | null> {
    const username = usernameOf(typed.slice(0, LONGEST_PASSWORD));
    const account = username === null ? null : await this.accounts.findByUsername(profile, username);
    const decoy = await (this.#decoy ??= hashPassword(randomBytes(16).toString('hex')));
    const stored = account?.passwordHash ?? decoy;
    let reason: SignInFailure = account === null ? 'unknown_account' : 'wrong_password';
    const verification = this.queue.verify(`${laneOf(address)}\n${username ?? ''}`, async () => {
      // Also for nobody, so that it costs the same.
      const attempt = await this.accounts.attempt(profile, account?.id ?? '', this.clock());
      if (account !== null && attempt === null) reason = 'locked';
      const matches = await verifyPassword(password.slice(0, LONGEST_PASSWORD), stored);
      if (matches && attempt !== null && password.length <= LONGEST_PASSWORD) return true;
      if (account !== null && attempt !== null && attempt.lockedUntil > this.clock()) this.failures.recordLock(account, address, attempt);
      return false;
    });
    const right = await verification.catch((error: unknown) => {
      if (error instanceof OAuthError) {
        this.failures.recordRefusal(profile);
        error.counted = undefined;
      }
      throw error;
    });
    if (right && account?.passwordHash === stored && account.enabled) return { ...account, passwordHash: stored };
    this.failures.record(profile, account?.id ?? null, address, account?.enabled === false ? 'disabled' : reason);
    return null;
  }

  /**
   * Hashes that came from elsewhere become our own as soon as their password is known. To be called once the sign-in has come about: it
   * needs the hash that was verified. A password that was changed meanwhile stays.
   */
  async renew({ profile, id, passwordHash }: VerifiedAccount, password: string): Promise<void> {
    if (isToBeRenewed(passwordHash, password)) await this.accounts.rehash(profile, id, passwordHash, await hashPassword(password));
  }
}
