import { Seldom } from '../client/seldom.ts';
import type { ServiceCounts, SignInFailure } from '../counts/service-counts.ts';

/** Writes what operators must know of attempts that failed. Names that were typed are left out: some are passwords. */
export class FailedSignIns {
  #count = 0;
  readonly #seldom: Seldom;

  constructor(
    private readonly warn: (message: string, fields: Readonly<Record<string, unknown>>) => void,
    clock: () => number,
    private readonly counts: ServiceCounts,
  ) {
    this.#seldom = new Seldom(clock);
  }

  /** @param account its id; null where there is none of the name that was typed */
  record(profile: string, account: string | null, address: string | null, reason: SignInFailure): void {
    this.#count++;
    this.counts.failedSignIns.add(profile, reason);
    if (!this.#seldom.isNews(`${profile}\n${account ?? ''}\n${address ?? ''}`)) return;
    this.warn('a sign-in failed', { profile, account, address, failuresOfAll: this.#count });
  }

  /** Too many wait: nobody has looked at the password. */
  recordRefusal(profile: string): void {
    this.counts.refusals.add(profile, 'sign_ins');
  }

  recordLock(
    { profile, id }: { readonly profile: string; readonly id: string },
    address: string | null,
    lock: { readonly failures: number; readonly lockedUntil: number },
  ): void {
    this.warn('an account is locked', { profile, account: id, address, ...lock });
  }
}
