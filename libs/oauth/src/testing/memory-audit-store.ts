import type { AuditEvent, AuditStore, NewAuditEvent } from '../stores.ts';
import { clampPage } from './memory-page.ts';

export class MemoryAuditStore implements AuditStore {
  readonly #events: AuditEvent[] = [];

  append(events: readonly NewAuditEvent[]): void {
    this.record(events, null);
  }

  record(events: readonly NewAuditEvent[], revision: number | null): void {
    for (const event of events) {
      const { before = null, after = null } = event;
      this.#events.push({
        ...event,
        before: structuredClone(before),
        after: structuredClone(after),
        id: this.#events.length + 1,
        revision,
      });
    }
  }

  list(filter: Parameters<AuditStore['list']>[0]): readonly AuditEvent[] {
    const { since, until, actor, action, key, before } = filter;
    const isByTime = (since ?? until) !== undefined && (actor ?? action ?? key) === undefined;
    const newest = this.#events.toReversed();
    if (isByTime) newest.sort((a, b) => b.at - a.at);
    const last = newest.findIndex(({ id }) => id === before);
    return newest
      .filter((event, i) => before === undefined || (isByTime ? last >= 0 && i > last : event.id < before))
      .filter((event) => filter.kind === undefined || event.kind === filter.kind)
      .filter((event) => filter.key === undefined || event.key === filter.key)
      .filter((event) => filter.actor === undefined || event.actor === filter.actor)
      .filter((event) => filter.action === undefined || event.action === filter.action)
      .filter((event) => filter.since === undefined || event.at >= filter.since)
      .filter((event) => filter.until === undefined || event.at < filter.until)
      .slice(0, clampPage(filter.limit));
  }
}
