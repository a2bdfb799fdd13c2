import { randomBytes } from 'node:crypto';
import {
  masked,
  requestIdOf,
  type EndpointPlace,
  type Execution,
  type ExecutionCall,
  type ExecutionObserver,
  type Fault,
  type LogLine,
  type Outcome,
  type ProgramPlace,
  type RefusedRequest,
} from '#libs/oauth';
import { matches, type ExecutionFilter } from './execution-filter.ts';
import { ExecutionReader } from './execution-reader.ts';
import { ExecutionRing, type Slot } from './execution-ring.ts';
import { viewOf, type ExecutionView } from './execution-view.ts';
import { ExecutionStatistics } from './statistics/execution-statistics.ts';

/** How much of what has run is remembered. */
export interface ExecutionBounds {
  /** Executions of each kind: those that delivered, those that failed, and requests for which nothing ran. */
  readonly kept: number;
  /** Of what procedures have logged, by kind: the oldest go when there is more. */
  readonly characters: number;
}

const BOUNDS: ExecutionBounds = { kept: 1000, characters: 8_000_000 };

/**
 * What ran on this node lately, kept in its memory. Three rings, so that neither many successes nor strangers with bad requests push
 * failures of procedures out. Writing takes next to nothing: slots are made beforehand, texts are made when somebody reads.
 */
export class Executions implements ExecutionObserver {
  readonly statistics: ExecutionStatistics;
  /** Tells ids of this run of the process from those of others. */
  readonly #mark = randomBytes(6).toString('base64url');
  readonly #delivered: ExecutionRing;
  readonly #failed: ExecutionRing;
  readonly #notRun: ExecutionRing;
  readonly #listeners = new Set<() => void>();
  #last = 0;

  /** @param now milliseconds since 1970 */
  constructor(
    readonly node: string,
    bounds: ExecutionBounds = BOUNDS,
    private readonly now: () => number = Date.now,
  ) {
    const ring = () => new ExecutionRing(bounds.kept, bounds.characters);
    [this.#delivered, this.#failed, this.#notRun] = [ring(), ring(), ring()];
    this.statistics = new ExecutionStatistics();
  }

  // ---------------------------------------------------------------- writing

  wantsUsage(place: ProgramPlace, now: number): boolean {
    return this.statistics.wantsUsage(place, now);
  }

  ran(
    execution: Execution,
    place: ProgramPlace,
    outcome: Outcome,
    calls: readonly ExecutionCall[],
    startedAt: number,
    milliseconds: number,
  ): void {
    const ring = outcome.kind !== 'fault' ? this.#delivered : outcome.fault.notRun === undefined ? this.#failed : this.#notRun;
    const slot = this.#add(ring, execution, place, startedAt, milliseconds);
    slot.outcome = outcome.kind === 'fault' ? outcome.fault.kind : outcome.kind;
    slot.calls = calls;
    slot.usage = outcome.usage ?? null;
    if (outcome.kind === 'rejected') slot.rejection = copied(outcome.payload);
    if (outcome.kind === 'fault') fail(slot, outcome.fault, execution);
    if (outcome.log.length > 0) this.#keepLog(ring, slot, outcome.log);
    this.statistics.ran(place, slot.outcome, startedAt, milliseconds, outcome.usage);
    if (this.#listeners.size > 0) this.#tell();
  }

  foundWrong(execution: Execution, place: ProgramPlace, fault: Fault): void {
    const known = this.#delivered.find(execution.request?.execution ?? 0);
    const slot = this.#add(this.#failed, execution, place, known?.at ?? this.now(), known?.milliseconds ?? 0);
    slot.outcome = fault.kind;
    fail(slot, fault, execution);
    if (known !== null) {
      // One execution is told of once.
      known.isVoid = true;
      slot.calls = known.calls;
      slot.usage = known.usage;
      slot.log = known.log;
      this.#failed.weigh(slot, known.characters);
    }
    this.statistics.foundWrong(place, slot.at);
    if (this.#listeners.size > 0) this.#tell();
  }

  refused(place: EndpointPlace, request: RefusedRequest): void {
    const slot = this.#notRun.add(++this.#last);
    slot.at = this.now();
    slot.milliseconds = 0;
    slot.place = place;
    slot.client = request.client;
    slot.requestId = request.requestId;
    slot.outcome = request.because;
    slot.refused = request;
    if (this.#listeners.size > 0) this.#tell();
  }

  answered(place: EndpointPlace, ran: ProgramPlace | null, status: number, milliseconds: number): void {
    this.statistics.answered(place, ran, status, this.now(), milliseconds);
  }

  #add(ring: ExecutionRing, execution: Execution, place: ProgramPlace, at: number, milliseconds: number): Slot {
    const slot = ring.add(++this.#last);
    slot.at = at;
    slot.milliseconds = milliseconds;
    slot.place = place;
    slot.ran = place;
    slot.client = execution.clientId ?? null;
    const { request } = execution;
    if (request === undefined) return slot;
    request.execution = this.#last;
    const id = requestIdOf(request.headers);
    // Whatever a caller has written there.
    if (id !== null) slot.requestId = masked(id, execution.secrets());
    return slot;
  }

  #keepLog(ring: ExecutionRing, slot: Slot, log: readonly LogLine[]): void {
    let characters = 0;
    slot.log = log.map(({ level, message }) => {
      characters += message.length;
      return { level, message: copied(message) };
    });
    ring.weigh(slot, characters);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  // ---------------------------------------------------------------- reading

  /** Newest first. @param before the id of the last of the page before */
  list(filter: ExecutionFilter, limit: number, before: string | null = null): readonly ExecutionView[] {
    const number = before === null ? Infinity : this.numberOf(before);
    const views: ExecutionView[] = [];
    if (number === null) return views;
    const rings = this.#rings(filter);
    const places = rings.map((ring) => (number === Infinity ? ring.end : ring.after(number - 1)) - 1);
    for (;;) {
      let newest = -1;
      rings.forEach((ring, i) => {
        const place = places[i] as number;
        if (place < ring.oldest) return;
        const best = newest < 0 ? null : (rings[newest] as ExecutionRing).at(places[newest] as number);
        if (best === null || ring.at(place).number > best.number) newest = i;
      });
      if (newest < 0 || views.length === limit) return views;
      const place = places[newest] as number;
      places[newest] = place - 1;
      const slot = (rings[newest] as ExecutionRing).at(place);
      if (!slot.isVoid && matches(slot, filter)) views.push(this.view(slot));
    }
  }

  /** Null when it is not kept, or never was. */
  find(id: string): ExecutionView | null {
    const number = this.numberOf(id);
    if (number === null) return null;
    for (const ring of this.#rings({})) {
      const slot = ring.find(number);
      if (slot !== null) return this.view(slot);
    }
    return null;
  }

  /** Reads what comes after a number, in order. */
  reader(filter: ExecutionFilter, after: number): ExecutionReader {
    return new ExecutionReader(this.#rings(filter), filter, after);
  }

  /** @param onNews called with each that is written: it must do next to nothing. @returns ends it */
  listen(onNews: () => void): () => void {
    this.#listeners.add(onNews);
    return () => this.#listeners.delete(onNews);
  }

  /** The number of the last. */
  get last(): number {
    return this.#last;
  }

  view(slot: Slot): ExecutionView {
    return viewOf(slot, this.idOf(slot.number), this.node);
  }

  idOf(number: number): string {
    return `${number}-${this.#mark}`;
  }

  /** The number that an id names; null for a text that is none, or one of before this process began. */
  numberOf(id: string): number | null {
    const [, number, mark] = /^(\d{1,15})-([A-Za-z0-9_-]{8})$/.exec(id) ?? [];
    return number === undefined || mark !== this.#mark || Number(number) > this.#last ? null : Number(number);
  }

  /** Those that can have what is meant: that others have lost something is of no matter then. */
  #rings({ outcome }: ExecutionFilter): readonly ExecutionRing[] {
    if (outcome === undefined) return [this.#delivered, this.#failed, this.#notRun];
    if (outcome === 'returned' || outcome === 'rejected') return [this.#delivered];
    return outcome === 'refused' || outcome === 'slowed' ? [this.#notRun] : [this.#failed, this.#notRun];
  }
}

function fail(slot: Slot, fault: Fault, { program }: Execution): void {
  slot.fault = { ...fault, message: copied(fault.message) };
  slot.program = program;
}

/** On its own: a part of a text keeps all of it in memory, with what others were answered. */
function copied(text: string): string {
  return Buffer.from(text).toString();
}
