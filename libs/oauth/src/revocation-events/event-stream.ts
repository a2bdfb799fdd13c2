import type { EventPlace, KeysAtPlace } from '../stores.ts';
import { eventText, EventWriter, type EventSource, type StreamTimes } from '../transport/event-writer.ts';
import type { OpenBody } from '../transport/exchange.ts';
import type { RevocationFeed } from './revocation-feed.ts';

/** Where a stream begins. */
export interface StreamStart {
  readonly profile: string;
  /** The last event that the consumer has; null for one that asks for none of before. */
  readonly place: EventPlace | null;
  /** Whether the consumer has named a place that is not known. */
  readonly isLost: boolean;
  readonly newest: KeysAtPlace;
  /** Seconds for which answers may be kept however much is heard; null for as long as tokens live. */
  readonly maxAge: number | null;
}

/**
 * One consumer's stream of server-sent events (HTML Living Standard section 9.2). It reads on only when the consumer has taken what
 * was sent, so that a slow one costs no memory.
 *
 * `reset`: something was missed, so whatever is kept must go. `ready`: all that happened before has been told.
 */
export class EventStream implements EventSource {
  #place: EventPlace;
  /** What the consumer knows as its place. */
  #told: EventPlace | null = null;
  #awaited: KeysAtPlace | null;
  #isSending = false;
  #isNewsComing = false;
  #stopListening: () => void = () => undefined;
  readonly #writer: EventWriter;

  /** @param mayGoOn asked at each heartbeat */
  constructor(
    private readonly feed: RevocationFeed,
    body: OpenBody,
    private readonly start: StreamStart,
    private readonly times: StreamTimes,
    private readonly mayGoOn: () => Promise<boolean>,
    private readonly onEnd: () => void,
  ) {
    this.#place = start.place ?? start.newest.place;
    this.#awaited = start.newest;
    this.#writer = new EventWriter(body, times, this);
  }

  open(): void {
    this.#writer.open();
    if (this.start.isLost) this.#writer.write(this.#event('reset', '{}', this.#place));
    this.#stopListening = this.feed.listen(() => void this.#send());
    void this.#send();
  }

  end(): void {
    this.#writer.end();
  }

  drained(): void {
    void this.#send();
  }

  beat(): void {
    void this.#beat();
  }

  ended(): void {
    this.#stopListening();
    this.onEnd();
  }

  /** Ends the stream if its consumer may not listen any more. */
  async review(): Promise<void> {
    if (!(await this.mayGoOn())) this.end();
  }

  async #send(): Promise<void> {
    this.#isNewsComing = true;
    if (this.#isSending) return;
    this.#isSending = true;
    try {
      while (this.#isNewsComing && this.#writer.isReady) {
        this.#isNewsComing = false;
        await this.#sendNext();
      }
    } catch {
      // The feed reports it. There was something to tell, so the consumer must not take silence for nothing: it comes back.
      this.end();
    } finally {
      this.#isSending = false;
    }
  }

  async #sendNext(): Promise<void> {
    const { profile } = this.start;
    const events = await this.feed.after(this.#place);
    if (events === null) {
      this.#awaited = await this.feed.newest(profile);
      this.#place = this.#awaited.place;
    } else if (events.length > 0) {
      this.#place = events.at(-1)?.place ?? this.#place;
      this.#isNewsComing = true;
    }
    const lost = events === null ? this.#event('reset', '{}', this.#place) : '';
    const own = events?.filter((event) => event.profile === profile) ?? [];
    const text = lost + own.map(({ kind, data, place }) => this.#event(kind, data, place)).join('') + this.#readiness();
    if (text !== '') this.#writer.write(text);
  }

  /** The event `ready`, once it is true. */
  #readiness(): string {
    const awaited = this.#awaited;
    if (awaited === null || this.#place.position < awaited.place.position) return '';
    this.#awaited = null;
    const { maxAge } = this.start;
    const data = { kids: awaited.kids, heartbeat: this.times.heartbeat / 1000, ...(maxAge === null ? {} : { maxAge }) };
    return this.#event('ready', JSON.stringify(data), this.#place);
  }

  #event(name: string, data: string, place: EventPlace): string {
    this.#told = place;
    return eventText(placeText(place), name, data);
  }

  /**
   * A sign of life promises that nothing of before it is missing, so there is none when the store cannot be read. An id alone moves the
   * consumer's place past events that are not for it.
   */
  async #beat(): Promise<void> {
    if (!this.feed.isFresh) {
      this.end();
      return;
    }
    await this.review();
    if (!this.#writer.isReady || this.#awaited !== null) return;
    this.#writer.write(this.#told?.position === this.#place.position ? ':\n\n' : `id: ${placeText((this.#told = this.#place))}\n\n`);
  }
}

/** The `id` of an event. */
export function placeText({ position, mark }: EventPlace): string {
  return `${position}-${mark}`;
}

/** The place that an `id` names; null for a text that is none. */
export function parsePlace(text: string): EventPlace | null {
  const [, position, mark] = /^(\d{1,15})-([A-Za-z0-9_-]{8})$/.exec(text) ?? [];
  return position === undefined || mark === undefined ? null : { position: Number(position), mark };
}
