/** A program that may not run for a while. */
export interface Quarantined {
  readonly program: string;
  readonly since: number;
  readonly until: number;
  readonly reason: string;
}

interface Record {
  /** Times of the kills within the window. */
  kills: number[];
  /** How often it has been quarantined. */
  times: number;
  since: number;
  until: number;
  reason: string;
}

const KILLS = 3;
const WINDOW = 60_000;
const FIRST = 30_000;
const LONGEST = 3_600_000;
/** After this long without a kill the next quarantine is a first one again. */
const FORGIVEN_AFTER = 2 * LONGEST;

/**
 * The circuit breaker of programs that kill the process they run in: three kills within a minute, and the program rests for
 * thirty seconds; twice as long each further time, an hour at most. Times in milliseconds since 1970.
 */
export class Quarantine {
  readonly #records = new Map<string, Record>();

  /** A kill for which this program alone is to blame. Answers true when that puts it into quarantine. */
  strike(program: string, reason: string, now: number): boolean {
    const record = this.#recordOf(program);
    record.kills = record.kills.filter((at) => at > now - WINDOW);
    record.kills.push(now);
    if (record.kills.length < KILLS) return false;
    this.#shut(record, reason, now);
    return true;
  }

  /** At once: it could not even be loaded. */
  ban(program: string, reason: string, now: number): void {
    this.#shut(this.#recordOf(program), reason, now);
  }

  /** Why a program may not run now, or null. Costs one look-up of an empty map as long as all is well. */
  find(program: string, now: number): Quarantined | null {
    if (this.#records.size === 0) return null;
    const record = this.#records.get(program);
    return record === undefined || record.until <= now
      ? null
      : { program, since: record.since, until: record.until, reason: record.reason };
  }

  /** The same in words. */
  refusal(program: string, now: number): string | null {
    const found = this.find(program, now);
    return found === null ? null : `the procedure is quarantined until ${new Date(found.until).toISOString()}: ${found.reason}`;
  }

  forget(program: string): void {
    this.#records.delete(program);
  }

  list(now: number): readonly Quarantined[] {
    return [...this.#records.keys()].map((program) => this.find(program, now)).filter((one) => one !== null);
  }

  #recordOf(program: string): Record {
    let record = this.#records.get(program);
    if (record === undefined) this.#records.set(program, (record = { kills: [], times: 0, since: 0, until: 0, reason: '' }));
    return record;
  }

  #shut(record: Record, reason: string, now: number): void {
    if (record.until !== 0 && now - record.until > FORGIVEN_AFTER) record.times = 0;
    record.kills = [];
    record.since = now;
    record.until = now + Math.min(LONGEST, FIRST * 2 ** record.times);
    record.times++;
    record.reason = reason;
  }
}
