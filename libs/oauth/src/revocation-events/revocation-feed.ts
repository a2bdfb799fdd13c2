import type { EventPlace, KeysAtPlace, RevocationEvent, RevocationEventStore } from '../stores.ts';

/** Milliseconds between two looks for events of other nodes. Those of this node are heard of at once. */
const POLL = 250;
/** A store that was not read for so long is not to be relied on. Milliseconds. */
const STALE = 5000;
/** Events in one read, and those kept for streams that are up to date. */
const PAGE = 500;
const MOST_RECENT = 1000;

/** Reads revocation events once for all streams of a node, and only while there are any. */
export class RevocationFeed {
  readonly #listeners = new Set<() => void>();
  /** What was read last, oldest first: all between two places. */
  #recent: RevocationEvent[] = [];
  #before: EventPlace | null = null;
  #looking = false;
  #isNewsComing = false;
  #isFailing = false;
  #lookedAt = -Infinity;
  #timer: NodeJS.Timeout | undefined;
  #stopHearing: (() => void) | null = null;

  /** @param onError hears of a store that cannot be read, once until it can be again */
  constructor(
    private readonly store: RevocationEventStore,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** @param onNews called when there may be more after any place. @returns ends it */
  listen(onNews: () => void): () => void {
    this.#listeners.add(onNews);
    this.#stopHearing ??= this.store.onWritten(() => void this.#look());
    void this.#look();
    return () => {
      this.#listeners.delete(onNews);
      if (this.#listeners.size === 0) this.#rest();
    };
  }

  newest(profile: string): Promise<KeysAtPlace> {
    return this.store.newest(profile);
  }

  /** Some of the events after a place, none when there are none yet, null when it is not known what came after it. */
  async after(place: EventPlace): Promise<readonly RevocationEvent[] | null> {
    return this.#remembered(place) ?? this.store.after(place, PAGE);
  }

  /** Whether all that was committed up to a few seconds ago has been read. */
  get isFresh(): boolean {
    return performance.now() - this.#lookedAt <= STALE;
  }

  #remembered(place: EventPlace): readonly RevocationEvent[] | null {
    if (this.#before === null) return null;
    const index = place.position - this.#before.position;
    const known = index === 0 ? this.#before : this.#recent[index - 1]?.place;
    return known?.mark === place.mark ? this.#recent.slice(index) : null;
  }

  async #look(): Promise<void> {
    this.#isNewsComing = true;
    if (this.#looking) return;
    this.#looking = true;
    clearTimeout(this.#timer);
    try {
      while (this.#isNewsComing && this.#listeners.size > 0) {
        this.#isNewsComing = false;
        const began = performance.now();
        if (await this.#read()) this.#tell();
        this.#lookedAt = began;
      }
      this.#isFailing = false;
    } catch (error) {
      if (!this.#isFailing) this.onError(error);
      this.#isFailing = true;
    } finally {
      this.#looking = false;
      if (this.#listeners.size > 0) this.#timer = setTimeout(() => void this.#look(), POLL).unref();
    }
  }

  /** Whether there is anything new. */
  async #read(): Promise<boolean> {
    const place = this.#recent.at(-1)?.place ?? this.#before;
    const events = place === null ? null : await this.store.after(place, PAGE);
    if (events === null) {
      // The first look, or nobody knows what was missed: streams find out for their own places.
      this.#before = (await this.store.newest('')).place;
      this.#recent = [];
      return true;
    }
    if (events.length === PAGE) this.#isNewsComing = true;
    this.#recent.push(...events);
    const tooOld = this.#recent.splice(0, Math.max(0, this.#recent.length - MOST_RECENT));
    this.#before = tooOld.at(-1)?.place ?? this.#before;
    return events.length > 0;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  #rest(): void {
    clearTimeout(this.#timer);
    this.#stopHearing?.();
    this.#stopHearing = null;
    this.#recent = [];
    this.#before = null;
    this.#lookedAt = -Infinity;
  }
}
