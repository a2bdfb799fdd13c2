import { Ledger } from './ledger.ts';
import type { PendingInvocation } from './pending-invocation.ts';

/** The invocations that have no outcome yet, and the first moment at which one of them is late. */
export class UnderWay {
  readonly #invocations = new Ledger<PendingInvocation>();
  #earliestDeadline = Infinity;

  get size(): number {
    return this.#invocations.size;
  }

  add(pending: PendingInvocation): void {
    this.#invocations.add(pending);
    if (pending.deadline < this.#earliestDeadline) this.#earliestDeadline = pending.deadline;
  }

  delete(pending: PendingInvocation): void {
    this.#invocations.delete(pending);
  }

  /** Fails those whose deadline has passed. */
  endLate(now: number): void {
    if (now < this.#earliestDeadline) return;
    let earliest = Infinity;
    for (const pending of this.#invocations.list()) {
      if (pending.deadline <= now) pending.fail('unavailable', 'the deadline passed before the procedure had answered', true);
      else if (pending.deadline < earliest) earliest = pending.deadline;
    }
    this.#earliestDeadline = earliest;
  }

  endAll(message: string): void {
    for (const pending of this.#invocations.list()) pending.fail('unavailable', message, false);
  }
}
