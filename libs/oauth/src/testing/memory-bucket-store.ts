import type { BucketEntry, BucketKey, BucketStore } from '../stores.ts';

const MOST_LISTED = 1000;

export class MemoryBucketStore implements BucketStore {
  readonly #entries = new Map<string, BucketEntry>();

  get(profile: string, bucket: string, subject: string, purpose: string): string | null {
    return this.#entries.get(name({ profile, bucket, subject, purpose }))?.attributes ?? null;
  }

  list(profile: string, bucket: string, subject: string): readonly BucketEntry[] {
    const entries = [...this.#entries.values()].filter(
      (entry) => entry.profile === profile && entry.bucket === bucket && entry.subject === subject,
    );
    return entries.sort((a, b) => (a.purpose < b.purpose ? -1 : 1)).slice(0, MOST_LISTED);
  }

  clear(profile: string, bucket: string, subject?: string): number {
    let cleared = 0;
    for (const [key, entry] of this.#entries) {
      if (entry.profile !== profile || entry.bucket !== bucket || (subject !== undefined && entry.subject !== subject)) continue;
      this.#entries.delete(key);
      cleared++;
    }
    return cleared;
  }

  /** As part of a commit. */
  store({ profile, bucket, subject, purpose }: BucketKey, attributes: string, updatedAt: number): void {
    const entry = { profile, bucket, subject, purpose, attributes, updatedAt };
    this.#entries.set(name(entry), entry);
  }

  /** As part of a commit. */
  remove(key: BucketKey): void {
    this.#entries.delete(name(key));
  }
}

function name({ profile, bucket, subject, purpose }: BucketKey): string {
  return JSON.stringify([profile, bucket, subject, purpose]);
}
