import type { Stores } from '../stores.ts';
import { MemoryAuditStore } from './memory-audit-store.ts';
import { MemoryBucketStore } from './memory-bucket-store.ts';
import { MemoryConfigurationStore } from './memory-configuration-store.ts';
import { MemoryGrantStore } from './memory-grant-store.ts';
import { MemoryTokenStore } from './memory-token-store.ts';

/**
 * Stores that keep the promises of the real ones but for durability, for unit specs.
 *
 * @param now - The database's clock in milliseconds, which leases and grants go by.
 */
export function memoryStores(now: () => number = Date.now): Stores {
  const audit = new MemoryAuditStore();
  const grants = new MemoryGrantStore(now);
  const buckets = new MemoryBucketStore();
  return {
    dialect: 'memory',
    configuration: new MemoryConfigurationStore(audit, buckets),
    audit,
    tokens: new MemoryTokenStore(grants, buckets),
    grants,
    buckets,
    ping: () => undefined,
    close: () => Promise.resolve(),
  };
}
