import type { OpenBody } from './exchange.ts';

/** How streams of server-sent events behave; milliseconds. */
export interface StreamTimes {
  /** Silence after which a sign of life is sent. */
  readonly heartbeat: number;
  /** For how long what was sent may lie unread. */
  readonly stall: number;
  /** After which a consumer that was cut off comes back. */
  readonly retry: number;
}

/** Nobody between may keep or hold back anything, and the connection is for nothing else. Names and values in turn. */
export const EVENT_STREAM_HEADERS: readonly string[] = [
  ...['Content-Type', 'text/event-stream', 'Cache-Control', 'no-store'],
  ...['x-accel-buffering', 'no', 'connection', 'close'],
];

/** Whose events are written. */
export interface EventSource {
  /** The consumer has taken what was sent: there may be more. */
  drained(): void;
  /** A heartbeat is due. */
  beat(): void;
  /** Called once, whoever has ended it. */
  ended(): void;
}

/** One event as text, HTML Living Standard section 9.2. @param data one line */
export function eventText(id: string, name: string, data: string): string {
  return `id: ${id}\nevent: ${name}\ndata: ${data}\n\n`;
}

/**
 * The body of one stream of server-sent events: says when its consumer has not taken what was sent yet, so that a source reads on only
 * then and a slow consumer costs no memory; and cuts off one that takes nothing for long.
 */
export class EventWriter {
  #stalled: NodeJS.Timeout | null = null;
  #heart: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(
    private readonly body: OpenBody,
    private readonly times: StreamTimes,
    private readonly source: EventSource,
  ) {}

  open(): void {
    this.body.onClose(() => this.end());
    this.body.onDrain(() => this.#drained());
    this.#heart = setInterval(() => this.source.beat(), this.times.heartbeat).unref();
    this.write(`retry: ${this.times.retry}\n\n`);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether the consumer has taken what was sent. */
  get isReady(): boolean {
    return !this.#isOver && this.#stalled === null;
  }

  write(text: string): void {
    if (this.#isOver || this.body.write(text)) return;
    this.#stalled ??= setTimeout(() => {
      this.body.cutOff();
      this.end();
    }, this.times.stall).unref();
  }

  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearInterval(this.#heart);
    if (this.#stalled !== null) clearTimeout(this.#stalled);
    this.body.end();
    this.source.ended();
  }

  #drained(): void {
    if (this.#stalled === null) return;
    clearTimeout(this.#stalled);
    this.#stalled = null;
    this.source.drained();
  }
}
