import { readSync, writeSync } from 'node:fs';
import { BATCH, FRAME_HEADER, MAX_FRAME_BYTES, REPLY_HEADER } from '../frames.ts';

/** The socket that the service gave this process. */
const SOCKET = 3;

/** Node's own fast paths, which its types leave out. */
interface TextBuffer extends Buffer {
  utf8Write(text: string, offset: number): number;
  utf8Slice(from: number, to: number): string;
}

export interface Frame {
  readonly id: number;
  readonly kind: number;
  readonly program: number;
  readonly spent: number;
  readonly text: string;
}

/** Blocking frames in, buffered frames out. There is no event loop in this process: it has nothing else to do. */
export class Connection {
  #received = Buffer.allocUnsafe(1 << 20) as TextBuffer;
  #length = 0;
  #toSend = Buffer.allocUnsafe(1 << 20) as TextBuffer;
  #pending = 0;
  #replies = 0;
  #flushed = Date.now();

  /** Waits for at least one frame; null when the service has gone. */
  read(): Frame[] | null {
    for (;;) {
      const frames = this.#takeFrames();
      if (frames.length > 0) return frames;
      this.flush();
      let count: number;
      try {
        count = readSync(SOCKET, this.#received, this.#length, this.#received.length - this.#length, null);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EAGAIN') continue;
        return null;
      }
      if (count === 0) return null;
      this.#length += count;
    }
  }

  /**
   * Replies leave in groups, but none waits behind a long run.
   *
   * @param count runs that this answers
   */
  reply(id: number, text: string, count = 1): void {
    const most = REPLY_HEADER + text.length * 3;
    if (this.#pending + most > this.#toSend.length) {
      this.flush();
      if (most > this.#toSend.length) this.#toSend = Buffer.allocUnsafe(most * 2) as TextBuffer;
    }
    const at = this.#pending;
    const length = this.#toSend.utf8Write(text, at + REPLY_HEADER);
    this.#toSend.writeUInt32LE(length, at);
    this.#toSend.writeUInt32LE(id, at + 4);
    this.#pending = at + REPLY_HEADER + length;
    this.#replies += count;
    if (this.#replies >= BATCH || Date.now() - this.#flushed > 3) this.flush();
  }

  flush(): void {
    let sent = 0;
    while (sent < this.#pending) {
      try {
        sent += writeSync(SOCKET, this.#toSend, sent, this.#pending - sent, null);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      }
    }
    this.#pending = 0;
    this.#replies = 0;
    this.#flushed = Date.now();
  }

  #takeFrames(): Frame[] {
    const frames: Frame[] = [];
    const buffer = this.#received;
    let at = 0;
    while (this.#length - at >= FRAME_HEADER) {
      const length = buffer.readUInt32LE(at);
      if (length > MAX_FRAME_BYTES) throw new Error('a frame is too long');
      const end = at + FRAME_HEADER + length;
      if (end > this.#length) {
        if (FRAME_HEADER + length > buffer.length) this.#grow(FRAME_HEADER + length);
        break;
      }
      frames.push({
        id: buffer.readUInt32LE(at + 4),
        kind: buffer[at + 8] as number,
        program: buffer.readUInt32LE(at + 9),
        spent: buffer.readUInt16LE(at + 13),
        text: buffer.utf8Slice(at + FRAME_HEADER, end),
      });
      at = end;
    }
    if (at > 0) {
      this.#received.copyWithin(0, at, this.#length);
      this.#length -= at;
    }
    return frames;
  }

  #grow(bytes: number): void {
    const larger = Buffer.allocUnsafe(bytes * 2) as TextBuffer;
    this.#received.copy(larger, 0, 0, this.#length);
    this.#received = larger;
  }
}
