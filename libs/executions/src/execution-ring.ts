import type {
  EndpointPlace,
  ExecutionCall,
  Fault,
  LogLine,
  Program,
  ProgramPlace,
  RefusedRequest,
  Usage,
  ExecutionEnding,
  RefusedBecause,
} from '#libs/oauth';

/** How an execution ended, or why there was none. */
export type ExecutionOutcomeName = ExecutionEnding | RefusedBecause;

const NO_LINES: readonly LogLine[] = [];
const NO_CALLS: readonly ExecutionCall[] = [];
const NOWHERE: EndpointPlace = { profile: '', endpoint: '', kind: 'oauth-token' };

/** What is kept of one execution. Slots are made once and written again and again: nobody keeps one. */
export class Slot {
  /** From 1, in the order of writing; of all rings together. */
  number = 0;
  /** Taken back: something else tells of it. */
  isVoid = false;
  /** Milliseconds since 1970. */
  at = 0;
  milliseconds = 0;
  place: EndpointPlace = NOWHERE;
  /** Null where no program was chosen. */
  ran: ProgramPlace | null = null;
  client: string | null = null;
  requestId: string | null = null;
  outcome: ExecutionOutcomeName = 'returned';
  log: readonly LogLine[] = NO_LINES;
  calls: readonly ExecutionCall[] = NO_CALLS;
  usage: Usage | null = null;
  /** What a procedure refused with, as `exceptionFactory` made it. */
  rejection: string | null = null;
  fault: Fault | null = null;
  /** What failed, for the excerpt of its source. */
  program: Program | null = null;
  refused: RefusedRequest | null = null;
  /** Of texts that a procedure has made. */
  characters = 0;

  clear(number: number): this {
    this.number = number;
    this.isVoid = false;
    this.ran = null;
    this.client = null;
    this.requestId = null;
    this.log = NO_LINES;
    this.calls = NO_CALLS;
    this.usage = null;
    this.rejection = null;
    this.fault = null;
    this.program = null;
    this.refused = null;
    this.characters = 0;
    return this;
  }
}

/** The last executions of one kind: so many, and so much text. Positions count what was ever written, from 0. */
export class ExecutionRing {
  readonly #slots: readonly Slot[];
  #written = 0;
  #oldest = 0;
  #characters = 0;
  #lostUpTo = 0;

  /** @param mostCharacters of texts of procedures, all slots together */
  constructor(
    private readonly size: number,
    private readonly mostCharacters: number,
  ) {
    this.#slots = Array.from({ length: size }, () => new Slot());
  }

  /** The slot of a new execution, empty. */
  add(number: number): Slot {
    if (this.#written - this.#oldest === this.size) this.#dropOldest();
    const slot = this.#slots[this.#written++ % this.size] as Slot;
    return slot.clear(number);
  }

  /** Makes room for the text of the slot that was added last, at the cost of the oldest. */
  weigh(slot: Slot, characters: number): void {
    slot.characters = characters;
    this.#characters += characters;
    while (this.#characters > this.mostCharacters && this.#written - this.#oldest > 1) this.#dropOldest();
  }

  /** Where the oldest that is kept stands. */
  get oldest(): number {
    return this.#oldest;
  }

  /** Where the next will stand. */
  get end(): number {
    return this.#written;
  }

  /** The number of the last that is not kept any more; 0 for none. */
  get lostUpTo(): number {
    return this.#lostUpTo;
  }

  /** @param position from `oldest` to before `end` */
  at(position: number): Slot {
    return this.#slots[position % this.size] as Slot;
  }

  /** The position of the first with a greater number. */
  after(number: number): number {
    let [low, high] = [this.#oldest, this.#written];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.at(middle).number <= number) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The slot of a number, if it is here. */
  find(number: number): Slot | null {
    const position = this.after(number - 1);
    if (position >= this.#written) return null;
    const slot = this.at(position);
    return slot.number === number && !slot.isVoid ? slot : null;
  }

  #dropOldest(): void {
    const slot = this.at(this.#oldest++);
    this.#lostUpTo = slot.number;
    this.#characters -= slot.characters;
    slot.clear(slot.number);
  }
}
