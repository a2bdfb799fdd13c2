import { OAuthError } from '../errors.ts';
import type { OAuthRequest } from '../transport/exchange.ts';
import { header } from '../transport/exchange.ts';
import { parameter, type Form } from '../transport/form.ts';
import { laneOf } from './address-lane.ts';
import { presentedSecret } from './client-credentials.ts';
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
    private readonly refusal = 'Too many failed client authentications. Try again later.',
  ) {
    this.#failures = new RecentFailures(limits, limits.remembered);
  }

  /**
   * Holds back the answer to a failure.
   *
   * @throws OAuthError `temporarily_unavailable` while too many of the same are held back
   */
  failed(profile: string, request: OAuthRequest, form: Form): Promise<void> {
    return this.failedAs(profile, presentedId(request, form).slice(0, 256), request.clientIpAddress);
  }

  /** The same where it is known whose failure it is. */
  async failedAs(profile: string, clientId: string, address: string | null): Promise<void> {
    const name = `${profile}\n${clientId}\n${laneOf(address)}`;
    const { free, longestDelayMilliseconds, places } = this.limits;
    const count = this.#failures.add(name);
    if (count <= free) return;
    if (count === free + 1) this.onSlowed(profile, clientId, address);
    if (this.#failures.placesTaken(name) >= places)
      throw new OAuthError('temporarily_unavailable', this.refusal, {
        retryAfter: Math.ceil(longestDelayMilliseconds / 1000),
      });
    this.#failures.takePlace(name);
    await this.wait(this.#failures.delay(count - free));
    this.#failures.leavePlace(name);
  }
}

/** Whom a request says to be; empty where that cannot be read. */
function presentedId(request: OAuthRequest, form: Form): string {
  const named = parameter(form, 'client_id');
  if (named !== undefined) return named;
  try {
    return presentedSecret(header(request, 'authorization'), form)?.readings[0]?.id ?? '';
  } catch {
    // It was refused for that before.
    return '';
  }
}
