import { spawn, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { SandboxStatus } from '#libs/oauth';
import { exitReason } from './exit-reason.ts';
import { BATCH, BATCH_CHARACTERS, FRAME, FRAME_HEADER, idAfter, MAX_FRAME_BYTES, PROGRESS_ID, REPLY, REPLY_HEADER } from './frames.ts';
import { InOrder } from './in-order.ts';
import { bytesOf, type ProcessBounds } from './process-bounds.ts';
import { onlyChild, processorTime, residentBytes } from './processor-time.ts';
import { readingInPlace } from './reading-in-place.ts';

export type ProcessRole = SandboxStatus['processes'][number]['role'];

/** A frame that waits for its reply. */
export interface InFlight {
  readonly kind: number;
  /** Number of the program; 0 where there is none. */
  readonly program: number;
  readonly spent: number;
  /** Milliseconds of processor time it may take when it is no run. */
  readonly patience?: number;
  text(): string;
  reply(text: string, role: ProcessRole): void;
}

/** Why a process came to its end. */
export interface EndReason {
  readonly kind: 'processor' | 'memory' | 'stalled' | 'protocol' | 'exit' | 'closed';
  readonly detail: string;
  /** The process ended in the way V8 does when memory is exhausted. */
  readonly outOfMemory: boolean;
  /** Killed from outside, not by us: nobody knows why. */
  readonly mysterious: boolean;
}

/** Nothing is wrong with it: it is not needed any more. */
export const CLOSED: EndReason = { kind: 'closed', detail: 'closed', outOfMemory: false, mysterious: false };

/** Node's own fast paths, which its types leave out. */
interface TextBuffer extends Buffer {
  utf8Write(text: string, offset: number): number;
  utf8Slice(from: number, to: number): string;
}

const BUFFER_BYTES = 256 * 1024;
const STDERR_BYTES = 8192;
/** After fewer frames than these the next one is sent without waiting for company. */
const FEW = 2;
/** Milliseconds. A busy event loop is late by less. */
const PAUSE = 500;
/** Milliseconds that a process which has ended has for what it wrote before. */
const LAST_WORDS = 500;
/** Turns of the event loop that a frame waits for company. */
const MOST_TURNS = 4;

/**
 * The service's end of one sandbox process: starts it, writes frames in groups, reads replies in place, and can tell whether
 * it still gets on. It is always ended by SIGKILL; from that moment no reply of it counts.
 */
export class SandboxProcess {
  role: ProcessRole;
  isReady = false;
  hasEnded = false;
  /** Programs it has been told. */
  readonly loaded = new Set<number>();
  /** Oldest first. */
  readonly #inFlight = new InOrder<InFlight>();
  #queue: InFlight[] = [];
  #isMixed = false;
  #isFlushing = false;
  #lastFlush = 0;
  #out = Buffer.allocUnsafe(BUFFER_BYTES) as TextBuffer;
  #rest: Buffer | null = null;
  readonly #child: ChildProcess;
  readonly #socket: Socket;
  readonly #ended: (process: SandboxProcess, reason: EndReason) => void;
  readonly #forks: boolean;
  /** Frames in the queue a turn ago, and turns that they have waited. */
  #gathered = 0;
  #turns = 0;
  /**
   * While each turn of the event loop brings more frames, they wait for one another: woken once for many, the process and this
   * one take a third less time for each, and the last request of a crowd is answered no later.
   */
  readonly #gather = (): void => {
    const { length } = this.#queue;
    if (length === this.#gathered || length >= BATCH || this.#turns >= MOST_TURNS || this.#lastFlush < FEW) {
      this.#flush();
      return;
    }
    this.#gathered = length;
    this.#turns++;
    setImmediate(this.#gather);
  };
  #innerPid: number | null = null;
  #stderr = '';
  #progress = true;
  /** Whether the last beat was too late for a verdict. */
  #wasSpared = false;
  /** As last seen during the run that takes long. */
  #resident = 0;
  #progressAt = Date.now();
  #processorAtProgress = -1;

  constructor(
    role: ProcessRole,
    command: readonly string[],
    environment: Readonly<Record<string, string>>,
    forks: boolean,
    ended: (process: SandboxProcess, reason: EndReason) => void,
  ) {
    this.role = role;
    this.#forks = forks;
    this.#ended = ended;
    this.#child = spawn(command[0] as string, command.slice(1), {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      env: environment,
      cwd: '/',
      windowsHide: true,
    });
    this.#socket = readingInPlace(this.#child.stdio[3] as Socket, (bytes) => {
      this.#receive(bytes);
    });
    this.#socket.on('error', () => undefined);
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      if (this.#stderr.length < STDERR_BYTES) this.#stderr += chunk.toString('latin1').slice(0, STDERR_BYTES - this.#stderr.length);
    });
    this.#child.once('error', (error) => {
      this.#end({ kind: 'exit', detail: `could not be started: ${error.message}`, outOfMemory: false, mysterious: false });
    });
    this.#child.once('exit', (code, signal) => {
      const end = (): void => {
        this.#end(exitReason({ code, signal, stderr: this.#stderr, residentBytes: this.#resident }));
      };
      const { stderr } = this.#child;
      if (code !== 1 || stderr === null || stderr.closed) {
        end();
        return;
      }
      // Only its last words tell why, and they may still be on their way.
      stderr.once('close', end);
      setTimeout(end, LAST_WORDS).unref();
    });
    this.#child.unref();
    (this.#child.stderr as Socket | null)?.unref();
    this.#volunteerForOutOfMemory();
  }

  /** The process that runs procedures; a wrapper of it may have a number of its own. 0 once it has ended. */
  get pid(): number {
    if (this.hasEnded || this.#child.pid === undefined) return 0;
    if (!this.#forks) return this.#child.pid;
    this.#innerPid ??= onlyChild(this.#child.pid);
    return this.#innerPid ?? this.#child.pid;
  }

  get residentBytes(): number {
    return this.pid === 0 ? 0 : residentBytes(this.pid);
  }

  get isIdle(): boolean {
    return this.#inFlight.size === 0 && this.#queue.length === 0;
  }

  /** What the process wrote to its error stream. */
  get complaints(): string {
    return this.#stderr.trim();
  }

  send(item: InFlight): void {
    const queue = this.#queue;
    if (queue.length > 0 && !this.#isMixed && queue[0]?.program !== item.program) this.#isMixed = true;
    queue.push(item);
    // A process that is busy reads nothing before it has replied: until then frames gather here, up to a batch.
    if (this.#isFlushing || (this.#inFlight.size > 0 && queue.length < BATCH)) return;
    this.#isFlushing = true;
    if (this.#inFlight.size === 0 && this.#lastFlush < FEW) this.#flush();
    else setImmediate(this.#gather);
  }

  /**
   * Called every few milliseconds while something is in flight. Reads the process's clocks only when it has sent nothing since
   * the last time. `lost` are the milliseconds that the service itself stood still before: what the process has sent meanwhile
   * is read before there is a verdict, and a long pause, in which all the machine may have stood still, does not count.
   *
   * @returns whether it has been ended
   */
  endIfOverdue(bounds: ProcessBounds, now: number, lost: number): boolean {
    const reason = this.#overdue(bounds, now, lost);
    if (reason === null) return false;
    this.#end(reason);
    return true;
  }

  /** Kills it. The owner is told at once, not when the operating system has finished. */
  end(reason: EndReason): void {
    this.#end(reason);
  }

  /** Everything unanswered, oldest first, those never sent last; the process forgets them. */
  takeUnanswered(): { readonly sent: readonly InFlight[]; readonly unsent: readonly InFlight[] } {
    const sent = this.#inFlight.takeAll();
    const unsent = this.#queue;
    this.#queue = [];
    return { sent, unsent };
  }

  #overdue(bounds: ProcessBounds, now: number, lost: number): EndReason | null {
    if (this.hasEnded || this.#inFlight.size === 0) return null;
    if (this.#progress) {
      this.#progress = false;
      this.#progressAt = now;
      this.#processorAtProgress = -1;
      this.#resident = 0;
      return null;
    }
    // Between this beat and the next, late or not, everything that has been sent is read.
    const isSpared = lost > 0 && !this.#wasSpared;
    this.#wasSpared = isSpared;
    if (isSpared) {
      if (lost >= PAUSE) this.#progressAt = Math.min(now, this.#progressAt + lost);
      return null;
    }
    const { pid } = this;
    const processor = this.#inFlight.oldest?.patience ?? bounds.processor;
    const used = processorTime(pid);
    if (used !== null && this.#processorAtProgress < 0) this.#processorAtProgress = used;
    const resident = residentBytes(pid);
    this.#resident = resident;
    if (resident > bounds.residentBytes + bytesOf(this.loaded.size))
      return { kind: 'memory', detail: `resident memory of ${Math.round(resident / 1_048_576)} MB`, outOfMemory: true, mysterious: false };
    if (used !== null && used - this.#processorAtProgress >= processor)
      return {
        kind: 'processor',
        detail: `${used - this.#processorAtProgress} ms of processor time without a reply`,
        outOfMemory: false,
        mysterious: false,
      };
    if (used === null && now - this.#progressAt >= processor * 3)
      return { kind: 'processor', detail: `${now - this.#progressAt} ms without a reply`, outOfMemory: false, mysterious: false };
    if (now - this.#progressAt >= Math.max(bounds.wall, processor))
      return {
        kind: 'stalled',
        detail: `${now - this.#progressAt} ms without a reply, most of them without the processor`,
        outOfMemory: false,
        mysterious: false,
      };
    return null;
  }

  #end(reason: EndReason): void {
    if (this.hasEnded) return;
    const { pid } = this;
    this.hasEnded = true;
    this.isReady = false;
    this.#kill(pid);
    this.#socket.destroy();
    this.#ended(this, reason);
  }

  /** A wrapper that outlives its child reaps it and ends by itself; killed together, the child would stay behind as a zombie. */
  #kill(pid: number): void {
    if (this.#forks && pid > 0 && pid !== this.#child.pid) {
      try {
        process.kill(pid, 'SIGKILL');
        setTimeout(() => this.#child.kill('SIGKILL'), 1000).unref();
        return;
      } catch {
        // It was faster.
      }
    }
    this.#child.kill('SIGKILL');
  }

  #isOver(): boolean {
    return this.hasEnded;
  }

  /** Should the machine run out of memory, this process goes first. Where the child is wrapped, the wrapper does the same. */
  #volunteerForOutOfMemory(): void {
    if (process.platform !== 'linux' || this.#child.pid === undefined) return;
    try {
      writeFileSync(`/proc/${this.#child.pid}/oom_score_adj`, '1000');
    } catch {
      // A hint, no wall.
    }
  }

  #flush(): void {
    this.#isFlushing = false;
    const queue = this.#queue;
    const count = queue.length;
    this.#lastFlush = count;
    if (count === 0 || this.hasEnded) return;
    this.#queue = [];
    this.#gathered = 0;
    this.#turns = 0;
    // Neighbours of one program are run in one call.
    if (this.#isMixed) queue.sort((a, b) => a.program - b.program);
    this.#isMixed = false;
    if (this.#inFlight.size === 0) this.#progress = true;
    let at = 0;
    for (let index = 0; index < count;) {
      const first = queue[index] as InFlight;
      let text = first.text();
      const id = this.#inFlight.add(first);
      let lengths = '';
      let next = index + 1;
      for (; next - index < BATCH && text.length < BATCH_CHARACTERS && next < count; next++) {
        const item = queue[next] as InFlight;
        if (!canJoin(first, item)) break;
        if (lengths === '') lengths = String(text.length);
        const more = item.text();
        lengths += `,${more.length}`;
        text += more;
        this.#inFlight.add(item);
      }
      index = next;
      at =
        lengths === '' ? this.#write(at, id, first, first.kind, text) : this.#write(at, id, first, FRAME.batch, `${lengths}\u0000${text}`);
    }
    this.#socket.write(this.#out.subarray(0, at));
    // Written at once, as a rule; else the bytes belong to the socket until they have gone.
    if (this.#socket.writableLength > 0) this.#out = Buffer.allocUnsafe(BUFFER_BYTES) as TextBuffer;
  }

  /** @returns where the next frame goes */
  #write(at: number, id: number, { program, spent }: InFlight, kind: number, text: string): number {
    const most = FRAME_HEADER + text.length * 3;
    let start = at;
    if (start + most > this.#out.length) {
      if (start > 0) this.#socket.write(this.#out.subarray(0, start));
      this.#out = Buffer.allocUnsafe(Math.max(BUFFER_BYTES, most)) as TextBuffer;
      start = 0;
    }
    const out = this.#out;
    const length = out.utf8Write(text, start + FRAME_HEADER);
    out.writeUInt32LE(length, start);
    out.writeUInt32LE(id, start + 4);
    out[start + 8] = kind;
    out.writeUInt32LE(program, start + 9);
    out.writeUInt16LE(spent, start + 13);
    return start + FRAME_HEADER + length;
  }

  #receive(bytes: Buffer): void {
    if (this.hasEnded) return;
    this.#progress = true;
    const buffer = (this.#rest === null ? bytes : Buffer.concat([this.#rest, bytes])) as TextBuffer;
    this.#rest = null;
    const end = buffer.length;
    let at = 0;
    while (end - at >= REPLY_HEADER) {
      const length = buffer.readUInt32LE(at);
      if (length > MAX_FRAME_BYTES) {
        this.#end({ kind: 'protocol', detail: 'a reply of the process is too long', outOfMemory: false, mysterious: false });
        return;
      }
      const next = at + REPLY_HEADER + length;
      if (next > end) break;
      const id = buffer.readUInt32LE(at + 4);
      if (id !== PROGRESS_ID) {
        if (buffer[at + REPLY_HEADER] === REPLY.batch) this.#batchReply(id, buffer.utf8Slice(at + REPLY_HEADER + 1, next));
        else this.#inFlight.take(id)?.reply(buffer.utf8Slice(at + REPLY_HEADER, next), this.role);
        // Acting on a reply may end the process.
        if (this.#isOver()) return;
      }
      at = next;
    }
    // The buffer is the socket's and will be written over.
    if (at < end) this.#rest = Buffer.from(buffer.subarray(at));
    if (this.#queue.length > 0 && this.#inFlight.size === 0 && !this.#isFlushing) {
      this.#isFlushing = true;
      setImmediate(this.#gather);
    }
  }

  #batchReply(first: number, text: string): void {
    const start = text.indexOf('\u0000') + 1;
    let at = start;
    let index = 0;
    for (const length of start === 0 ? [] : text.slice(0, start - 1).split(',', BATCH)) {
      const next = at + Number(length);
      // No text at all is a malformed reply, and its invocation says so.
      this.#inFlight.take(idAfter(first, index++))?.reply(next >= at && next <= text.length ? text.slice(at, next) : '', this.role);
      if (this.#isOver()) return;
      at = next;
    }
  }
}

/** Runs of one program that have used nothing of their budget yet. */
function canJoin(first: InFlight, item: InFlight): boolean {
  return item.program === first.program && first.kind === FRAME.run && item.kind === FRAME.run && first.spent === 0 && item.spent === 0;
}
