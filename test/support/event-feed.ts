import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { HeardText } from '../../libs/oauth/src/testing/event-listener.ts';
import { GATEWAY } from './running-service.ts';
import { until, type Caller } from './wire-service.ts';

export const EVENTS_PATH = '/oauth/v2/oauth-revocation-events';

/** A consumer of the feed of revocations, as `curl -N` is one. */
export class HeardFeed extends HeardText {
  isOver = false;
  readonly #controller = new AbortController();

  private constructor(readonly response: Response) {
    super();
    void this.#read();
  }

  static async open(url: string, lastEventId = '', as: Caller = GATEWAY): Promise<HeardFeed> {
    const controller = new AbortController();
    const authorization = `Basic ${Buffer.from(`${as.id}:${as.secret}`).toString('base64')}`;
    const headers = { authorization, ...(lastEventId === '' ? {} : { 'last-event-id': lastEventId }) };
    const response = await fetch(url + EVENTS_PATH, { headers, signal: controller.signal });
    const feed = new HeardFeed(response);
    feed.#controller.signal.addEventListener('abort', () => controller.abort());
    return feed;
  }

  async until(what: string, isSo: (feed: this) => boolean): Promise<this> {
    await until(`${what} in ${this.text}`, () => isSo(this), 10_000);
    return this;
  }

  hangUp(): void {
    this.#controller.abort();
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    try {
      for await (const chunk of this.response.body ?? []) this.text += decoder.decode(chunk as Uint8Array, { stream: true });
    } catch {
      // Cut off, or hung up: what was heard until then counts.
    }
    this.isOver = true;
  }
}

/** A line to the service that can be cut. */
export class Line {
  isOpen = true;
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((near) => {
    if (!this.isOpen) return near.destroy();
    const far = connect(this.target, this.host);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(from);
      from.on('data', (data) => to.write(data));
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
    }
    return near;
  });

  private constructor(
    private readonly target: number,
    private readonly host: string,
  ) {}

  static async to(port: number, host = '127.0.0.1'): Promise<Line> {
    const line = new Line(port, host);
    await new Promise<void>((resolve) => line.#server.listen(0, '127.0.0.1', resolve));
    return line;
  }

  /** Whether somebody is connected. */
  get isUsed(): boolean {
    return this.#sockets.size > 0;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  close(): void {
    this.#server.close();
    this.cut();
  }
}
