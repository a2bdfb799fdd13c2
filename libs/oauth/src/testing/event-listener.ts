import type { OAuthResponse } from '../transport/exchange.ts';

/** A server-sent event, as a consumer gets it. */
export interface HeardEvent {
  readonly id: string;
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The blocks of a stream, each of the fields that it has. HTML Living Standard section 9.2.6. */
export function blocksOf(text: string): readonly Readonly<Record<string, string>>[] {
  const complete = text.slice(0, text.lastIndexOf('\n\n') + 1);
  const blocks = complete.split('\n\n').filter((block) => block !== '');
  return blocks.map((block) =>
    Object.fromEntries(block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()])),
  );
}

/** For specs: the text of a stream of events, as it comes. */
export class HeardText {
  text = '';

  get events(): readonly HeardEvent[] {
    return blocksOf(this.text)
      .filter(({ event }) => event !== undefined)
      .map(({ id = '', event = '', data = '' }) => ({ id, event, data: JSON.parse(data) as HeardEvent['data'] }));
  }

  get names(): readonly string[] {
    return this.events.map(({ event }) => event);
  }

  /** What a consumer names when it comes back. */
  get lastId(): string {
    return blocksOf(this.text).findLast(({ id }) => id !== undefined)?.['id'] ?? '';
  }
}

/** For specs: the other end of a stream, which reads or does not. */
export class EventListener extends HeardText {
  isOver = false;
  isCutOff = false;
  readsOn = true;
  #onDrain: () => void = () => undefined;
  #onClose: () => void = () => undefined;

  constructor({ stream }: OAuthResponse) {
    super();
    if (stream === undefined) throw new Error('the answer is no stream');
    stream({
      write: (text) => {
        if (this.isOver) throw new Error('written after the end');
        this.text += text;
        return this.readsOn;
      },
      onDrain: (listener) => (this.#onDrain = listener),
      onClose: (listener) => (this.#onClose = listener),
      end: () => (this.isOver = true),
      cutOff: () => (this.isOver = this.isCutOff = true),
    });
  }

  /** Waits until it is so. */
  async until(isSo: (listener: this) => boolean): Promise<this> {
    for (const end = Date.now() + 5000; !isSo(this);) {
      if (Date.now() > end) throw new Error(`it did not come: ${JSON.stringify(this.text)}`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    return this;
  }

  hangUp(): void {
    this.#onClose();
  }

  readAgain(): void {
    this.readsOn = true;
    this.#onDrain();
  }
}
