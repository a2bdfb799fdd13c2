import { laneOf } from '../client/address-lane.ts';
import { RecentFailures } from '../client/recent-failures.ts';

/** How many codes may be tried. */
export interface GuessLimits {
  /** By one person, each within `forgetAfterMilliseconds` of the one before; what was right counts too. */
  readonly ofPerson: number;
  /** Wrong ones from one place that cost nothing. */
  readonly freeOfAddress: number;
  /** Answers to wrong ones from one place that are held back at a time; beyond, all are refused there. */
  readonly places: number;
  readonly firstDelayMilliseconds: number;
  readonly longestDelayMilliseconds: number;
  readonly forgetAfterMilliseconds: number;
}

const LIMITS: GuessLimits = {
  ...{ ofPerson: 10, freeOfAddress: 10, places: 8 },
  ...{ firstDelayMilliseconds: 250, longestDelayMilliseconds: 4000, forgetAfterMilliseconds: 600_000 },
};
const REMEMBERED = 10_000;

/** Who is told of guesses. */
export interface GuessListener {
  /** A person has tried as many as may be. */
  many(profile: string, subject: string, address: string | null): void;
  /** An answer to a wrong one is held back. */
  slowed(profile: string, address: string | null): void;
  /** A try is refused. */
  refused(profile: string): void;
}

const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/**
 * Keeps people from guessing the codes of others. Who is signed in has a few tries, which are counted before they are looked up, so that
 * many at once are no more; from one address wrong answers take longer and longer, for however many people. RFC 8628 section 5.1.
 */
export class UserCodeGuesses {
  readonly #people: RecentFailures;
  readonly #addresses: RecentFailures;

  constructor(
    private readonly listener: GuessListener,
    private readonly limits: GuessLimits = LIMITS,
    private readonly wait: (milliseconds: number) => Promise<void> = sleep,
  ) {
    this.#people = new RecentFailures(limits, REMEMBERED);
    this.#addresses = new RecentFailures(limits, REMEMBERED);
  }

  /** Counts a try; false where it must not be made. */
  mayTry(profile: string, subject: string, address: string | null): boolean {
    const person = `${profile}\n${subject}`;
    const isFull = this.#addresses.placesTaken(placeOf(profile, address)) >= this.limits.places;
    if (isFull || this.#people.count(person) >= this.limits.ofPerson) {
      this.listener.refused(profile);
      return false;
    }
    if (this.#people.add(person) === this.limits.ofPerson) this.listener.many(profile, subject, address);
    return true;
  }

  /** Holds back the answer to a wrong one. */
  async wrong(profile: string, address: string | null): Promise<void> {
    const place = placeOf(profile, address);
    const costly = this.#addresses.add(place) - this.limits.freeOfAddress;
    if (costly <= 0) return;
    this.listener.slowed(profile, address);
    this.#addresses.takePlace(place);
    await this.wait(this.#addresses.delay(costly));
    this.#addresses.leavePlace(place);
  }

  /** Seconds after which who was refused may try again. */
  get retryAfter(): number {
    return Math.ceil(this.limits.forgetAfterMilliseconds / 1000);
  }
}

function placeOf(profile: string, address: string | null): string {
  return `${profile}\n${laneOf(address)}`;
}
