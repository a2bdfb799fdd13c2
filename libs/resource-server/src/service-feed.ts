import type { KeySet } from './key-set.ts';
import type { Problems } from './problems.ts';
import { revokedDelegation, revokedToken, type Criterion } from './revocations.ts';
import { serverSentEvents, type ServerSentEvent } from './server-sent-events.ts';
import { ServiceError } from './service-error.ts';
import { jsonObject, placeOf, type ServiceFetch } from './service-fetch.ts';

/** Milliseconds; doubled while the feed cannot be had. */
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30_000;
/** Until the feed says how often it gives a sign of life. Milliseconds. */
const HEARTBEAT = 15_000;
/** Heartbeats without one after which nobody is there. */
const MOST_SILENCE = 2;

export interface ServiceFeedSettings {
  /** @throws ServiceError */
  readonly endpoint: () => Promise<string>;
  readonly authorization: string;
  readonly keys: KeySet;
  /** Milliseconds. */
  readonly clock: () => number;
}

/** What remembers answers of the service. */
export interface Memory {
  forgetThose(criterion: Criterion): void;
  forgetAll(): void;
}

/**
 * Listens to the service's feed of what was revoked, and comes back where it was when the connection is lost. While it is up, all that
 * was revoked until a moment ago is forgotten; when that is not known, it is not up.
 */
export class ServiceFeed {
  #isReady = false;
  #heardAt = 0;
  #heartbeat = HEARTBEAT;
  #maxAge = Infinity;
  /** The last event that was taken in. */
  #lastId = '';
  #stopping: AbortController | null = null;

  constructor(
    private readonly settings: ServiceFeedSettings,
    private readonly service: ServiceFetch,
    private readonly problems: Problems,
    private readonly memory: Memory,
  ) {}

  /** Whether all revocations are heard of. Asked for each token, so that a process that was asleep does not take old news for new. */
  get isUp(): boolean {
    return this.#isReady && this.settings.clock() < this.#heardAt + MOST_SILENCE * this.#heartbeat;
  }

  /** Milliseconds that the service lets answers be kept for while the feed is up. */
  get maxAge(): number {
    return this.#maxAge;
  }

  /** Begins to listen, if that has not begun. */
  start(): void {
    if (this.#stopping !== null) return;
    this.#stopping = new AbortController();
    void this.#run(this.#stopping.signal);
  }

  close(): void {
    this.#stopping ??= new AbortController();
    this.#stopping.abort();
    this.#isReady = false;
  }

  async #run(stopped: AbortSignal): Promise<void> {
    for (let failures = 0; !stopped.aborted;) {
      const wasReady = await this.#listen(stopped);
      failures = wasReady ? 0 : failures + 1;
      // At once where it has worked before: until then answers count for the short lag only.
      const longest = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** failures);
      await pause(failures === 0 ? FIRST_PAUSE * Math.random() * 0.2 : longest * (0.5 + Math.random() / 2), stopped);
    }
  }

  /** One connection, to its end; answers whether it was good. */
  async #listen(stopped: AbortSignal): Promise<boolean> {
    const ending = new AbortController();
    const end = (): void => ending.abort();
    stopped.addEventListener('abort', end);
    let watch: NodeJS.Timeout | undefined;
    const heard = (): void => {
      this.#heardAt = this.settings.clock();
      clearTimeout(watch);
      watch = setTimeout(end, MOST_SILENCE * this.#heartbeat).unref();
    };
    let wasReady = false;
    try {
      const body = await this.problems.told(this.#open(ending.signal));
      heard();
      for await (const event of serverSentEvents(chunksOf(body, ending.signal))) {
        this.#take(event);
        heard();
        wasReady ||= this.#isReady;
      }
    } catch {
      // Told already, or a connection that was lost, which is what this is made for.
    } finally {
      this.#isReady = false;
      clearTimeout(watch);
      stopped.removeEventListener('abort', end);
      end();
    }
    return wasReady;
  }

  async #open(signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const { endpoint, authorization } = this.settings;
    const place = await endpoint();
    const resume: Record<string, string> = this.#lastId === '' ? {} : { 'last-event-id': this.#lastId };
    const response = await this.service.open(place, { authorization, accept: 'text/event-stream', ...resume }, signal);
    const { status, body, headers } = response;
    if (status === 200 && body !== null && /^text\/event-stream\b/i.test(headers.get('content-type') ?? '')) {
      // Without a place nothing is known of what was revoked until now.
      if (this.#lastId === '') this.memory.forgetAll();
      return body;
    }
    await body?.cancel();
    const why = status === 401 || status === 403 ? ': check clientId, clientSecret and whether this client may introspect' : '';
    throw new ServiceError(`there is no feed of revocations at ${placeOf(place)}: it answered ${status}${why}`);
  }

  /** A revocation is forgotten before the place moves on, so that it comes again if that fails. */
  #take({ id, event, data }: ServerSentEvent): void {
    if (data !== null) this.#tell(event, jsonObject(data) ?? {});
    if (id !== undefined) this.#lastId = id;
  }

  #tell(event: string, data: Readonly<Record<string, unknown>>): void {
    const { id, hash, kids } = data;
    if (event === 'ready') this.#ready(data);
    else if (event === 'token' && typeof id === 'string' && typeof hash === 'string') this.memory.forgetThose(revokedToken(id, hash));
    else if (event === 'delegation' && typeof id === 'string') this.memory.forgetThose(revokedDelegation(id));
    else if (event === 'keys' && isTexts(kids)) this.settings.keys.told(kids);
    // `reset`, and whatever a later version may say.
    else this.memory.forgetAll();
  }

  #ready({ kids, heartbeat, maxAge }: Readonly<Record<string, unknown>>): void {
    if (isTexts(kids)) this.settings.keys.told(kids);
    this.#heartbeat = typeof heartbeat === 'number' && heartbeat > 0 ? heartbeat * 1000 : HEARTBEAT;
    this.#maxAge = typeof maxAge === 'number' ? maxAge * 1000 : Infinity;
    this.#isReady = true;
  }
}

/** What is read of a body until a signal says that it is enough. */
async function* chunksOf(body: ReadableStream<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  const stop = (): void => void reader.cancel().catch(() => undefined);
  signal.addEventListener('abort', stop);
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

function pause(milliseconds: number, stopped: AbortSignal): Promise<void> {
  if (stopped.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      stopped.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds).unref();
    stopped.addEventListener('abort', done);
  });
}
