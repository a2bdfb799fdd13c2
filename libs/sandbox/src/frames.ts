import type { Program } from '#libs/oauth';

/**
 * The wire between the service and a sandbox process: length-prefixed frames over a socket pair, text inside.
 * Both sides read this file. Numbers are little-endian, lengths count bytes of UTF-8.
 *
 * To the process:   length u32, id u32, kind u8, program u32, spent u16, text
 * From the process: length u32, id u32, text
 *
 * `spent` is what earlier runs of the same invocation have used of its budget, in milliseconds.
 *
 * Several runs of one program go in one frame, a batch, and their replies come back in one: neither end then does anything per
 * run but what the runs themselves are. Its text is the lengths of the texts in UTF-16 units, separated by commas, U+0000, then
 * the texts one after the other; its id is that of the first run, the others have the next ones.
 *
 * Text of a run, sections separated by U+0001: now, seed, minted, likely, journal, context
 *   minted:  kind U+0003 value U+0003 value ... , kinds separated by U+0002
 *   likely:  kind U+0003 args U+0003 answer, entries separated by U+0002
 *   journal: JSON array of [kind, args, ok, error code or null, error message], or empty
 *   context: JSON text; JSON text holds no control characters, so nothing in it can be taken for a separator
 *
 * Text of a reply: its first character says what it is (see REPLY), then
 *   returned:  response
 *   delivered: effects U+0001 log U+0001 response
 *   rejected:  log U+0001 payload
 *   fault:     letter of the kind, positions as `line:column,...` (in libraries `line:column:library`), U+0001 log U+0001 message
 *   suspended: index U+0001 milliseconds used U+0001 kind U+0001 args
 *   timeout:   positions, where they are known
 *   memory, failed: a message
 *   measured:  wall microseconds, heap bytes, processor microseconds U+0001 the reply proper
 *   done:      nothing; to a check its outcome, to a load that has built an isolate its `AcceptedAnalysis`, as JSON
 *   batch:     lengths, U+0000 and texts of the replies
 * A trial, which evaluates the top level of the program checked last, is answered with done, fault, timeout, memory or failed.
 * effects and log are pairs separated by U+0002, the two parts of a pair by U+0003.
 */
export const FRAME_HEADER = 15;
export const REPLY_HEADER = 8;

/** What the service asks of a process. */
export const FRAME = { configure: 1, load: 2, unload: 3, run: 4, measure: 5, check: 6, trial: 7, batch: 8 } as const;

/** First character of a reply, as a code unit. */
export const REPLY = {
  returned: 0x52, // R
  delivered: 0x45, // E
  rejected: 0x4a, // J
  fault: 0x46, // F
  suspended: 0x53, // S
  timeout: 0x54, // T
  memory: 0x4d, // M
  failed: 0x58, // X
  measured: 0x55, // U
  /** The answer to a frame that is not a run. */
  done: 0x4f, // O
  /** Replies to the runs of a batch, in their order. */
  batch: 0x42, // B
} as const;

/** A reply that belongs to no frame: the process is alive and has got on. */
export const PROGRESS_ID = 0;

/** Longer frames are a defect of the sender; the reader ends the connection. */
export const MAX_FRAME_BYTES = 64 * 1024 * 1024;

/** At most this many runs go into one batch, which is one call of an isolate. */
export const BATCH = 16;

/** A batch that has this many characters takes no further run. */
export const BATCH_CHARACTERS = 1_048_576;

/** Ids fit four bytes, and `PROGRESS_ID` is none: after the last comes 1 again. */
export const LAST_ID = 0xffff_ffff;

/** The id so many after another. */
export function idAfter(id: number, count: number): number {
  const after = id + count;
  return after > LAST_ID ? after - LAST_ID : after;
}

/**
 * How many of the oldest unanswered frames may hold the one a process was busy with when it died:
 * one batch, and as many replies that it had not flushed yet.
 */
export const UNFLUSHED = 2 * BATCH;

/** Letters of the fault kinds that are decided inside a process. */
export const FAULT_LETTERS = { r: 'runtime', i: 'invalid-response', n: 'nondeterministic', s: 'syntax' } as const;

/** Characters of a host call: its kind; its arguments; the arguments of all calls of a run. A run has this much to say at most. */
export const HOST_CALL = { kind: 100, args: 65_536, allArgs: 524_288 } as const;

/** Characters of a journal, the host's answers included: each repetition of the run carries it along. */
export const JOURNAL_CHARACTERS = 2_097_152;

/** Number of the program that has been checked last; loaded ones count from 1. */
export const CHECKED_PROGRAM = 0;

/** What a process must know before anything else. */
export interface ProcessConfiguration {
  readonly role: 'fast' | 'diagnostic';
  readonly prelude: string;
  readonly cpuMilliseconds: number;
  readonly heapMegabytes: number;
  readonly hostCalls: number;
  readonly effects: number;
  readonly logBytes: number;
  readonly responseBytes: number;
  readonly sourceBytes: number;
  /** Isolates kept at a time; the least recently used one makes room. */
  readonly isolates: number;
}

/** Text of a load or check frame, as JSON. */
export interface ProgramText {
  readonly key: string;
  readonly flow: string;
  readonly source: string;
  /** In the order in which they are evaluated; positions name them by their place in it, from 1. */
  readonly libraries: readonly LibraryText[];
  /** What the process found that loaded it first. Taking a program apart takes fifty times longer than compiling it. */
  readonly accepted?: AcceptedAnalysis;
}

/** What is needed of the analysis of a program that has passed it. */
export interface AcceptedAnalysis {
  /** Names that are assigned without declaration. */
  readonly assigned: readonly string[];
  readonly dressed: boolean;
}

export interface LibraryText {
  readonly name: string;
  readonly source: string;
}

/** The parts of a program that its isolate needs. */
export function programText({ key, flow, source, libraries = [] }: Program): ProgramText {
  return { key, flow, source, libraries: libraries.map((library) => ({ name: library.name, source: library.source })) };
}

/** Most libraries of a program, and how many times the limit of one source all its sources may have together. */
export const LIBRARIES = { most: 16, sources: 4 } as const;
