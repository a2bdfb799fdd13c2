import { laneOf } from '../client/address-lane.ts';
import { Allowance } from '../client/allowance.ts';
import { RecentFailures } from '../client/recent-failures.ts';
import type { RegisteredClient } from '../client/registered-client.ts';
import type { SlowedEvents } from '../client/slowed-events.ts';
import { entityKey } from '../configuration/entities.ts';
import type { Route } from '../configuration/snapshot.ts';
import type { ServiceCounts, UnknownToken } from '../counts/service-counts.ts';
import { OAuthError } from '../errors.ts';

/** What unknown tokens cost beyond what may come in a minute. */
export interface UnknownTokenLimits {
  readonly firstDelayMilliseconds: number;
  readonly longestDelayMilliseconds: number;
  /**
   * Answers held back at a time; beyond, they are refused at once. Few: whoever asks may have few connections, and others wait for
   * those that are held.
   */
  readonly places: number;
  /** Who is remembered; beyond, whoever asked longest ago is forgotten. */
  readonly remembered: number;
}

/**
 * A code of its own, since it is about this one token: who takes it for an outage and keeps away for a while would shut out everybody else,
 * and whoever sends nonsense in numbers could make that happen.
 */
const TOO_MANY_UNKNOWN_TOKENS = 'too_many_unknown_tokens';

/** Where nobody authenticates it is by the address alone. */
const ANONYMOUSLY_PER_MINUTE = 300;

const LIMITS: UnknownTokenLimits = { firstDelayMilliseconds: 100, longestDelayMilliseconds: 1000, places: 4, remembered: 10_000 };

const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/**
 * Slows down who presents tokens that nobody knows in numbers, and then refuses: by who asks (a client at an address) and never by whose
 * token it is. A gateway asks for everybody behind it, honest or not. So the token is looked up first, and one that is found, also one that
 * has ended, is answered at once whatever else comes from there: guesses are in the way of guesses alone.
 */
export class UnknownTokens {
  readonly #allowance: Allowance;
  readonly #held: RecentFailures;

  constructor(
    private readonly counts: ServiceCounts,
    private readonly events: SlowedEvents,
    private readonly limits: UnknownTokenLimits = LIMITS,
    private readonly wait: (milliseconds: number) => Promise<void> = sleep,
  ) {
    this.#allowance = new Allowance(limits.remembered);
    this.#held = new RecentFailures({ ...limits, forgetAfterMilliseconds: 0 }, 1);
  }

  /**
   * A token was presented that nobody knows.
   *
   * @param client who asks; null where nobody authenticates
   * @returns undefined when it may be answered now, else what to wait for
   * @throws OAuthError `too_many_unknown_tokens` while too many of the same are held back
   */
  presented(route: Route, client: RegisteredClient | null, address: string | null, reason: UnknownToken): Promise<void> | undefined {
    const { profile, endpoint } = route;
    this.counts.unknownToken([profile.id, endpoint.kind], client?.id ?? null, reason);
    const name = `${profile.id}\n${client?.id ?? ''}\n${laneOf(address)}`;
    const excess = this.#allowance.use(name, client?.unknownTokensPerMinute ?? ANONYMOUSLY_PER_MINUTE);
    if (excess === 0) return undefined;
    if (client === null) this.events.note('endpoint.unknown-tokens-slowed', 'endpoint', entityKey(profile.id, endpoint.id), address);
    else this.events.note('client.unknown-tokens-slowed', 'client', entityKey(profile.id, client.id), address);
    if (this.#held.placesTaken(name) < this.limits.places) return this.#hold(name, excess);
    this.counts.failed([profile.id, endpoint.kind], { brake: 'unknown_tokens' });
    throw new OAuthError(TOO_MANY_UNKNOWN_TOKENS, 'Too many unknown tokens at a time. Try again later.', {
      status: 503,
      retryAfter: Math.ceil(this.limits.longestDelayMilliseconds / 1000),
    });
  }

  async #hold(name: string, excess: number): Promise<void> {
    this.#held.takePlace(name);
    await this.wait(this.#held.delay(excess));
    this.#held.leavePlace(name);
  }
}
