import { HostServiceError, type ProcedureCache } from '#libs/oauth';

/** What one owner may keep; `bytes` counts two for each character of keys and values. */
export interface CacheLimits {
  readonly entries: number;
  readonly bytes: number;
  /** Seconds. */
  readonly longest: number;
  readonly owners: number;
}

export const CACHE_LIMITS: CacheLimits = { entries: 1000, bytes: 1_048_576, longest: 86_400, owners: 256 };

interface Entry {
  readonly value: string;
  readonly size: number;
  /** Milliseconds. */
  readonly until: number;
}

interface Share {
  /** In the order of use, the one used longest ago first. */
  readonly entries: Map<string, Entry>;
  bytes: number;
}

/** Keeps text for a while, in a share for each owner: what one fills is taken from nobody else. */
export class MemoryCache implements ProcedureCache {
  readonly #shares = new Map<string, Share>();

  /** @param clock milliseconds */
  constructor(
    private readonly clock: () => number,
    private readonly limits: CacheLimits = CACHE_LIMITS,
  ) {}

  get(owner: string, key: string): string | null {
    const share = this.#shares.get(owner);
    const entry = share?.entries.get(key);
    if (share === undefined || entry === undefined) return null;
    this.#forget(share, key);
    if (entry.until <= this.clock()) return null;
    this.#keep(share, key, entry);
    return entry.value;
  }

  set(owner: string, key: string, value: string, seconds: number): void {
    const { bytes, entries, longest } = this.limits;
    const size = 2 * (key.length + value.length);
    if (size > bytes) throw new HostServiceError('too-large', `a cached value may have at most ${bytes / 2} characters`);
    const share = this.#share(owner);
    this.#forget(share, key);
    this.#keep(share, key, { value, size, until: this.clock() + Math.min(seconds, longest) * 1000 });
    for (const oldest of share.entries.keys()) {
      if (share.bytes <= bytes && share.entries.size <= entries) break;
      this.#forget(share, oldest);
    }
  }

  #share(owner: string): Share {
    const known = this.#shares.get(owner);
    const share = known ?? { entries: new Map<string, Entry>(), bytes: 0 };
    this.#shares.delete(owner);
    this.#shares.set(owner, share);
    for (const oldest of this.#shares.keys()) {
      if (this.#shares.size <= this.limits.owners) break;
      this.#shares.delete(oldest);
    }
    return share;
  }

  #keep(share: Share, key: string, entry: Entry): void {
    share.entries.set(key, entry);
    share.bytes += entry.size;
  }

  #forget(share: Share, key: string): void {
    share.bytes -= share.entries.get(key)?.size ?? 0;
    share.entries.delete(key);
  }
}
