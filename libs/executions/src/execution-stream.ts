import { eventText, EventWriter, type EventSource, type OpenBody, type StreamTimes } from '#libs/oauth';
import type { ExecutionFilter } from './execution-filter.ts';
import type { ExecutionReader } from './execution-reader.ts';
import type { Executions } from './executions.ts';

/** How streams of executions behave. */
export interface ExecutionStreamTimes extends StreamTimes {
  /** Milliseconds between two looks for what is new. */
  readonly pace: number;
  /** At most so many in one look, so that nobody who looks on takes the service's time. */
  readonly most: number;
}

export const EXECUTION_STREAM_TIMES: ExecutionStreamTimes = { heartbeat: 15_000, stall: 30_000, retry: 1000, pace: 100, most: 100 };

/** Why executions are missing from a stream: its reader is slower than they are, they were overwritten before it came back, or it asks for those of another run of the process. */
export type GapReason = 'slow' | 'overwritten' | 'unknown';

/** What a stream begins with. */
export interface ExecutionStreamStart {
  readonly filter: ExecutionFilter;
  /** `Last-Event-ID`; null for one that begins now. */
  readonly lastId: string | null;
  /** How many of before are sent first, where there is no `lastId`. */
  readonly recent: number;
}

/**
 * One listener's stream of executions, as server-sent events `ready`, `execution` and `gap`. The rings are its buffer: it reads them at
 * its own pace, and is told what was overwritten meanwhile.
 */
export class ExecutionStream implements EventSource {
  readonly #writer: EventWriter;
  readonly #reader: ExecutionReader;
  readonly #isUnknown: boolean;
  readonly #stopListening: () => void;
  #timer: NodeJS.Timeout | null = null;
  /** The number of the last that the listener knows as its place. */
  #told = 0;

  /** @param mayGoOn asked at each heartbeat */
  constructor(
    private readonly executions: Executions,
    body: OpenBody,
    private readonly start: ExecutionStreamStart,
    private readonly times: ExecutionStreamTimes,
    private readonly mayGoOn: () => Promise<boolean>,
    private readonly onEnd: () => void,
  ) {
    const after = start.lastId === null ? executions.last : executions.numberOf(start.lastId);
    this.#isUnknown = after === null;
    this.#reader = executions.reader(start.filter, after ?? executions.last);
    this.#writer = new EventWriter(body, times, this);
    this.#stopListening = executions.listen(() => this.#soon());
  }

  open(): void {
    this.#writer.open();
    const { filter, recent, lastId } = this.start;
    if (this.#isUnknown) this.#gap('unknown', null);
    else if (this.#reader.isLost) this.#gap('overwritten', null);
    if (lastId === null && recent > 0)
      this.#write(
        this.executions
          .list(filter, recent)
          .toReversed()
          .map((view) => eventText(view.id, 'execution', JSON.stringify(view)))
          .join(''),
      );
    this.#write(this.#event('ready', { node: this.executions.node, heartbeat: this.times.heartbeat / 1000 }));
    this.#soon();
  }

  end(): void {
    this.#writer.end();
  }

  /** Ends the stream if its listener may not look on any more. */
  async review(): Promise<void> {
    // Who cannot be asked about is not let go on.
    const mayGoOn = await this.mayGoOn().catch(() => false);
    if (!mayGoOn) this.end();
  }

  drained(): void {
    this.#soon();
  }

  /** An id alone moves the listener's place past what it does not ask for. */
  beat(): void {
    void this.#beat();
  }

  async #beat(): Promise<void> {
    await this.review();
    if (!this.#writer.isReady) return;
    const { place } = this.#reader;
    this.#write(place === this.#told ? ':\n\n' : `id: ${this.executions.idOf((this.#told = place))}\n\n`);
  }

  ended(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#stopListening();
    this.onEnd();
  }

  #soon(): void {
    if (this.#timer !== null || this.#writer.isOver) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#send();
    }, this.times.pace).unref();
  }

  #send(): void {
    if (!this.#writer.isReady) return;
    const missed = this.#reader.missed();
    if (missed > 0) this.#gap('slow', missed);
    let text = '';
    const isMore = this.#reader.read(this.times.most, (slot) => {
      const view = this.executions.view(slot);
      this.#told = slot.number;
      text += eventText(view.id, 'execution', JSON.stringify(view));
    });
    if (text !== '') this.#write(text);
    if (isMore) this.#soon();
  }

  /** @param missed how many, whether they would have matched or not; null where nobody knows */
  #gap(because: GapReason, missed: number | null): void {
    this.#write(this.#event('gap', { because, missed }));
  }

  #event(name: string, data: object): string {
    const { place } = this.#reader;
    this.#told = place;
    return eventText(this.executions.idOf(place), name, JSON.stringify(data));
  }

  #write(text: string): void {
    this.#writer.write(text);
  }
}
