import type { Brake } from '../counts/service-counts.ts';
import { OAuthError } from '../errors.ts';
import { laneOf } from './address-lane.ts';
import { RecentFailures, type BackOffLimits } from './recent-failures.ts';

/** How much slower it gets for who fails. */
export interface BrakeLimits extends BackOffLimits {
  /** Failures within `forgetAfterMilliseconds` of the one before that cost nothing: people mistype. */
  readonly free: number;
  /** Answers held back at a time; beyond, who fails is told to come later. */
  readonly places: number;
  /** Remembered; beyond, what failed longest ago is forgotten. */
  readonly remembered: number;
}

const LIMITS: BrakeLimits = {
  free: 5,
  firstDelayMilliseconds: 100,
  longestDelayMilliseconds: 2000,
  forgetAfterMilliseconds: 60_000,
  places: 16,
  remembered: 10_000,
};

/** What those are told who are to come later, and what it is counted as. */
export interface Refusal {
  readonly description: string;
  readonly brake: Brake;
}

const FAILED_AUTHENTICATIONS: Refusal = {
  description: 'Too many failed client authentications. Try again later.',
  brake: 'failed_authentications',
};

const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/**
 * Slows down who fails to authenticate as a client again and again from one place, and nobody else: what succeeds is never held back,
 * and neither are other clients of the place nor the client elsewhere. RFC 6749 section 2.3.1, RFC 9700 section 4.
 */
export class AttemptBrake {
  readonly #failures: RecentFailures;

  /**
   * @param onSlowed is told when somebody begins to be slowed, and again after each time it was forgotten
   */
  constructor(
    private readonly onSlowed: (profile: string, clientId: string, address: string | null) => void,
    private readonly limits: BrakeLimits = LIMITS,
    private readonly wait: (milliseconds: number) => Promise<void> = sleep,
    private readonly refusal: Refusal = FAILED_AUTHENTICATIONS,
  ) {
    this.#failures = new RecentFailures(limits, limits.remembered);
  }

  /**
   * Holds back the answer to a failure.
   *
   * @param presentedId whom the request says to come from; anything
   * @throws OAuthError `temporarily_unavailable` while too many of the same are held back
   */
  async failed(profile: string, presentedId: string, address: string | null): Promise<void> {
    const clientId = presentedId.slice(0, 256);
    const name = `${profile}\n${clientId}\n${laneOf(address)}`;
    const { free, longestDelayMilliseconds, places } = this.limits;
    const count = this.#failures.add(name);
    if (count <= free) return;
    if (count === free + 1) this.onSlowed(profile, clientId, address);
    if (this.#failures.placesTaken(name) >= places)
      throw new OAuthError('temporarily_unavailable', this.refusal.description, {
        retryAfter: Math.ceil(longestDelayMilliseconds / 1000),
        counted: { brake: this.refusal.brake },
      });
    this.#failures.takePlace(name);
    await this.wait(this.#failures.delay(count - free));
    this.#failures.leavePlace(name);
  }
}
