import { laneOf } from '../client/address-lane.ts';
import { BoundedMemo } from '../client/bounded-memo.ts';
import { RecentFailures, type BackOffLimits } from '../client/recent-failures.ts';
import { OAuthError } from '../errors.ts';
import type { FoundToken, MaybePromise, TokenKey } from '../stores.ts';

/** How much guesses cost, by address. */
export interface UnknownTokenLimits extends BackOffLimits {
  /** Look-ups under way and answers held back of an address that has sent unknown tokens; beyond, nothing is looked up. */
  readonly places: number;
  /** Addresses remembered; beyond, the one that failed longest ago is forgotten. */
  readonly addresses: number;
  /** Tokens remembered that were found; they are looked up whoever else guesses behind the same address. */
  readonly tokens: number;
}

const LIMITS: UnknownTokenLimits = {
  firstDelayMilliseconds: 100,
  longestDelayMilliseconds: 2000,
  forgetAfterMilliseconds: 60_000,
  places: 64,
  addresses: 1024,
  tokens: 10_000,
};

const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/**
 * Bounds what guesses cost where anybody may ask: answers for tokens that nobody knows are held back, and while too many of an address
 * are, its tokens that were not found before are not looked up at all. Tokens that end while they are in use count as known ones.
 */
export class UnknownTokens {
  readonly #failures: RecentFailures;
  readonly #found: BoundedMemo<true>;

  constructor(
    private readonly limits: UnknownTokenLimits = LIMITS,
    private readonly wait: (milliseconds: number) => Promise<void> = sleep,
  ) {
    this.#failures = new RecentFailures(limits, limits.addresses);
    this.#found = new BoundedMemo(limits.tokens);
  }

  /**
   * The row that a look-up finds; null, after the delay, when there is none.
   *
   * @throws OAuthError `temporarily_unavailable` without a look-up, while too many unknown tokens of the address are under way
   */
  async find(key: TokenKey, address: string | null, lookUp: () => MaybePromise<FoundToken | null>): Promise<FoundToken | null> {
    const name = Buffer.from(key.hash).toString('base64url');
    const lane = laneOf(address);
    const isFull = this.#failures.placesTaken(lane) >= this.limits.places;
    if (isFull && this.#failures.count(lane) > 0 && this.#found.get(name) === undefined)
      throw new OAuthError('temporarily_unavailable', 'Too many unknown tokens at a time. Try again later.', {
        retryAfter: Math.ceil(this.limits.longestDelayMilliseconds / 1000),
      });
    this.#failures.takePlace(lane);
    try {
      const found = await lookUp();
      if (found === null) {
        this.#found.delete(name);
        await this.wait(this.#failures.delay(this.#failures.add(lane)));
      } else this.#found.set(name, true);
      return found;
    } finally {
      this.#failures.leavePlace(lane);
    }
  }
}
