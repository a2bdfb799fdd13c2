import { ServiceError } from './service-error.ts';

/** How a document is kept. Milliseconds. */
export interface RefreshTimes {
  /** Older than this, it is loaded again. */
  readonly age: number;
  /** When that fails, the old one counts until this age. */
  readonly most: number;
  /** After loading, `newerThan` loads no other for as long. */
  readonly cooldown: number;
}

/** After a failure: doubled with each further one. Milliseconds. */
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 30_000;

/**
 * A document of the service that is loaded when it is first needed and again when it is old. All who want it meanwhile share one
 * call; after a failure nobody asks for a while that grows.
 */
export class Refreshed<T> {
  #value: { readonly value: T; readonly at: number } | null = null;
  #loading: Promise<T> | null = null;
  #failures = 0;
  #failure: ServiceError | null = null;
  #pausesUntil = 0;
  /** How often it was said that a newer one must be loaded. */
  #outdated = 0;

  /** @param clock milliseconds */
  constructor(
    private readonly load: () => Promise<T>,
    private readonly times: RefreshTimes,
    private readonly clock: () => number,
  ) {}

  /** @throws ServiceError when there is none that counts */
  async get(): Promise<T> {
    const now = this.clock();
    const known = this.#value;
    if (known !== null && now < known.at + this.times.age) return known.value;
    try {
      return await this.#reload(now);
    } catch (error) {
      if (known !== null && error instanceof ServiceError && now < known.at + this.times.most) return known.value;
      throw error;
    }
  }

  /**
   * A later one than the given, if there may be one: null when it is too early to ask.
   * @throws ServiceError when there may be one, and it could not be loaded
   */
  async newerThan(value: T): Promise<T | null> {
    const known = this.#value;
    if (known !== null && known.value !== value) return known.value;
    const now = this.clock();
    if (known !== null && this.#loading === null && now < known.at + this.times.cooldown) return null;
    return this.#reload(now);
  }

  /** Has a newer one loaded when it is next needed. Until that succeeds, what is left of the old one counts. */
  outdate(left: (value: T) => T): void {
    this.#outdated++;
    if (this.#value !== null) this.#value = { value: left(this.#value.value), at: this.clock() - this.times.age };
  }

  #reload(now: number): Promise<T> {
    if (this.#loading !== null) return this.#loading;
    if (this.#failure !== null && now < this.#pausesUntil)
      return Promise.reject(
        new ServiceError(this.#failure.message, { cause: this.#failure, retryAfter: (this.#pausesUntil - now) / 1000 }),
      );
    const loading = this.#try(now).finally(() => (this.#loading = null));
    this.#loading = loading;
    return loading;
  }

  async #try(startedAt: number): Promise<T> {
    const outdated = this.#outdated;
    try {
      const value = await this.load();
      // Its age counts from before it was asked for; one that was outdated meanwhile is old already.
      this.#value = { value, at: outdated === this.#outdated ? startedAt : startedAt - this.times.age };
      this.#failures = 0;
      this.#failure = null;
      return value;
    } catch (error) {
      if (error instanceof ServiceError) {
        const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** this.#failures++);
        this.#failure = error;
        this.#pausesUntil = this.clock() + pause;
      }
      throw error;
    }
  }
}
