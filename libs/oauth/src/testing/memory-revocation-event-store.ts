import { randomBytes } from 'node:crypto';
import type { EventPlace, KeysAtPlace, RevocationEvent, RevocationEventKind, RevocationEventStore, TokenKey } from '../stores.ts';
import { tokenId } from '../token/opaque-token.ts';

interface StoredEvent extends RevocationEvent {
  readonly at: number;
  readonly follows: string;
}

export class MemoryRevocationEventStore implements RevocationEventStore {
  #events: readonly StoredEvent[] = [];
  #head: EventPlace = { position: 0, mark: aMark() };
  readonly #listeners = new Set<() => void>();

  /** @param kidsOf the keys of a profile */
  constructor(private readonly kidsOf: (profile: string) => readonly string[]) {}

  newest(profile: string): Promise<KeysAtPlace> {
    return Promise.resolve({ place: this.#head, kids: this.kidsOf(profile) });
  }

  after(place: EventPlace, limit: number): Promise<readonly RevocationEvent[] | null> {
    const events = this.#events.filter((event) => event.place.position > place.position);
    const [first] = events;
    const [position, mark] = first === undefined ? [this.#head.position, this.#head.mark] : [first.place.position - 1, first.follows];
    if (position !== place.position || mark !== place.mark) return Promise.resolve(null);
    return Promise.resolve(events.slice(0, limit).map(({ at: _at, follows: _follows, ...event }) => event));
  }

  deleteBefore(at: number, limit: number): Promise<number> {
    const young = this.#events.findIndex((event) => event.at >= at);
    const deleted = Math.min(limit, young < 0 ? this.#events.length : young);
    this.#events = this.#events.slice(deleted);
    return Promise.resolve(deleted);
  }

  onWritten(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tokenRevoked(profile: string, key: TokenKey, at: number): void {
    this.#add(profile, 'token', { id: tokenId(key), hash: Buffer.from(key.hash).toString('base64url') }, at);
  }

  delegationRevoked(profile: string, id: string, at: number): void {
    this.#add(profile, 'delegation', { id }, at);
  }

  keysChanged(profile: string, at: number): void {
    this.#add(profile, 'keys', { kids: this.kidsOf(profile) }, at);
  }

  #add(profile: string, kind: RevocationEventKind, data: object, at: number): void {
    const place = { position: this.#head.position + 1, mark: aMark() };
    this.#events = [...this.#events, { place, profile, kind, data: JSON.stringify(data), at, follows: this.#head.mark }];
    this.#head = place;
    // As in a database: once the write is over.
    queueMicrotask(() => {
      for (const listener of this.#listeners) listener();
    });
  }
}

function aMark(): string {
  return randomBytes(6).toString('base64url');
}
