import { ApiError } from '../../api/api-error.ts';
import { serverEvents, type ServerEvent } from '../../api/event-stream.ts';
import type { Query } from '../../api/request.ts';
import type { Execution } from '../../api/shapes.ts';
import { HeldEntries, type Entry, type Gap } from './held-entries.ts';

/** How it stands with the stream. */
export type Connection =
  | { readonly phase: 'connecting' }
  | { readonly phase: 'connected' }
  /** It broke, or there was no room for it; it tries again by itself. */
  | { readonly phase: 'reconnecting'; readonly reason: string }
  | { readonly phase: 'full'; readonly error: ApiError }
  /** Asking again would not help. */
  | { readonly phase: 'refused'; readonly error: ApiError };

/** What there is to show; another object after each change. */
export interface FeedView {
  readonly connection: Connection;
  /** Newest first. */
  readonly entries: readonly Entry[];
  readonly isPaused: boolean;
  /** How many executions have come since it was paused. */
  readonly waiting: number;
}

/** As many are shown, and as many wait. */
export const MOST_ENTRIES = 500;
const BOUNDS = { entries: MOST_ENTRIES, characters: 16_000_000 };
/** How many of before a stream begins with. */
const RECENT = 100;
/** Milliseconds between two attempts: the first, the longest, and where there are too many streams. */
const FIRST_WAIT = 500;
const LONGEST_WAIT = 10_000;
const FULL_WAIT = 10_000;
/** Heartbeats that may be missing before a connection is given up, and seconds between two until the stream has told. */
const MISSING_BEATS = 2.5;
const FIRST_HEARTBEAT = 15;

/**
 * Executions as they come, for one filter: follows the stream for as long as it is open, goes on after interruptions where it was, and
 * tells of news once a frame, however much there is.
 */
export class ExecutionFeed {
  readonly #listeners = new Set<() => void>();
  readonly #shown = new HeldEntries(BOUNDS);
  /** What came since the last frame, or since it was paused. */
  readonly #arrived = new HeldEntries(BOUNDS);
  #view: FeedView = { connection: { phase: 'connecting' }, entries: [], isPaused: false, waiting: 0 };
  #frame: number | null = null;
  #lastId: string | null = null;
  #heartbeat = FIRST_HEARTBEAT;
  #gaps = 0;
  #waiting = 0;
  #hurry: () => void = () => undefined;

  /** @param filter members of the query that say which executions are meant */
  constructor(private readonly filter: Query) {}

  readonly subscribe = (tell: () => void): (() => void) => {
    this.#listeners.add(tell);
    return () => this.#listeners.delete(tell);
  };

  readonly view = (): FeedView => this.#view;

  /** Follows what runs. @param onSignedOut called when the session has ended @returns ends it */
  open(onSignedOut: () => void): () => void {
    const closing = new AbortController();
    const hurry = () => this.retry();
    window.addEventListener('online', hurry);
    void this.#follow(closing.signal, onSignedOut);
    return () => {
      closing.abort();
      window.removeEventListener('online', hurry);
      if (this.#frame !== null) cancelAnimationFrame(this.#frame);
      this.#frame = null;
    };
  }

  /** What comes waits from now on. */
  readonly pause = (): void => {
    if (this.#view.isPaused) return;
    this.#flush();
    this.#change({ isPaused: true });
  };

  readonly resume = (): void => {
    this.#change({ isPaused: false });
    this.#flush();
  };

  /** Tries to connect at once. */
  readonly retry = (): void => this.#hurry();

  async #follow(signal: AbortSignal, onSignedOut: () => void): Promise<void> {
    for (let wait = 0; ;) {
      const found = await this.#listen(signal, () => (wait = 0));
      if (signal.aborted) return;
      if (found?.status === 401) {
        onSignedOut();
        return;
      }
      const connection = interruption(found);
      this.#change({ connection });
      wait = Math.min(LONGEST_WAIT, Math.max(FIRST_WAIT, 2 * wait));
      await this.#pause(connection.phase === 'refused' ? null : connection.phase === 'full' ? FULL_WAIT : wait, signal);
      if (connection.phase === 'refused') this.#change({ connection: { phase: 'connecting' } });
    }
  }

  /** @returns why it ended; null when the service has ended it */
  async #listen(signal: AbortSignal, onSign: () => void): Promise<ApiError | null> {
    const silence = new AbortController();
    const either = AbortSignal.any([signal, silence.signal]);
    const giveUp = () => silence.abort();
    let timer = setTimeout(giveUp, this.#heartbeat * MISSING_BEATS * 1000);
    try {
      const query = { ...this.filter, recent: RECENT };
      for await (const event of serverEvents('/executions/stream', query, this.#lastId, either)) {
        clearTimeout(timer);
        timer = setTimeout(giveUp, this.#heartbeat * MISSING_BEATS * 1000);
        onSign();
        this.#take(event);
      }
      return null;
    } catch (error) {
      if (silence.signal.aborted || signal.aborted) return ApiError.unreachable(error);
      if (error instanceof ApiError) return error;
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  #take({ id, name, data }: ServerEvent): void {
    if (id !== null) this.#lastId = id;
    if (name === 'ready') {
      this.#heartbeat = (JSON.parse(data) as { readonly heartbeat: number }).heartbeat;
      // What came before it is shown with it.
      if (!this.#view.isPaused) this.#flush();
      this.#change({ connection: { phase: 'connected' } });
    } else if (name === 'execution') {
      const execution = JSON.parse(data) as Execution;
      this.#waiting++;
      this.#add({ key: execution.id, size: data.length, execution });
    } else if (name === 'gap') {
      this.#add({ key: `gap ${this.#gaps++}`, size: data.length, gap: JSON.parse(data) as Gap });
    }
  }

  #add(entry: Entry): void {
    this.#arrived.add(entry);
    // A tab that nobody sees gets no frames: what has arrived has its bound too.
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = null;
      if (this.#view.isPaused) this.#change({ waiting: this.#waiting });
      else this.#flush();
    });
  }

  #flush(): void {
    for (const entry of this.#arrived.take()) this.#shown.add(entry);
    this.#waiting = 0;
    this.#change({ entries: this.#shown.all.toReversed(), waiting: 0 });
  }

  #change(changes: Partial<FeedView>): void {
    this.#view = { ...this.#view, ...changes };
    for (const tell of this.#listeners) tell();
  }

  /** @param milliseconds null to wait until somebody asks */
  async #pause(milliseconds: number | null, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = milliseconds === null ? undefined : setTimeout(resolve, milliseconds);
      this.#hurry = () => {
        clearTimeout(timer);
        resolve();
      };
      signal.addEventListener('abort', this.#hurry, { once: true });
    });
    this.#hurry = () => undefined;
  }
}

function interruption(error: ApiError | null): Connection {
  if (error === null) return { phase: 'reconnecting', reason: 'The service has ended the connection.' };
  if (error.status === 503) return { phase: 'full', error };
  return error.status === 0 ? { phase: 'reconnecting', reason: error.message } : { phase: 'refused', error };
}
