import type { Stores } from '../stores.ts';
import { MemoryAdminSessionStore } from './memory-admin-session-store.ts';
import { MemoryAuditStore } from './memory-audit-store.ts';
import { MemoryBucketStore } from './memory-bucket-store.ts';
import { MemoryConfigurationStore } from './memory-configuration-store.ts';
import { MemoryDynamicClientStore } from './memory-dynamic-client-store.ts';
import { MemoryGrantStore } from './memory-grant-store.ts';
import { memoryPeople } from './memory-people.ts';
import { MemoryPolledAuthorizationStore } from './memory-polled-authorization-store.ts';
import { MemoryProposalStore } from './memory-proposal-store.ts';
import { MemoryRevocationEventStore } from './memory-revocation-event-store.ts';
import { MemoryTokenStore } from './memory-token-store.ts';
import { MemoryUseStore } from './memory-use-store.ts';

/**
 * Stores that keep the promises of the real ones but for durability, for unit specs.
 *
 * @param now - The database's clock in milliseconds, which leases and grants go by.
 */
export function memoryStores(now: () => number = Date.now): Stores {
  const audit = new MemoryAuditStore();
  const grants = new MemoryGrantStore(now);
  const polled = new MemoryPolledAuthorizationStore(grants, now);
  const buckets = new MemoryBucketStore();
  const revocationEvents = new MemoryRevocationEventStore((profile) => configuration.kidsOf(profile));
  const proposals = new MemoryProposalStore(audit);
  const configuration: MemoryConfigurationStore = new MemoryConfigurationStore(audit, buckets, revocationEvents, proposals);
  const { stands, ...people } = memoryPeople(audit, (profile, session) => {
    tokens.revokeDelegations(profile, { session }, Math.floor(now() / 1000));
  });
  const dynamicClients: MemoryDynamicClientStore = new MemoryDynamicClientStore(audit, (profile, clientId, at) => {
    tokens.revokeDelegations(profile, { clientId }, at);
  });
  const tokens: MemoryTokenStore = new MemoryTokenStore(grants, polled, buckets, revocationEvents, stands, (profile, id) =>
    dynamicClients.has(profile, id),
  );
  return {
    dialect: 'memory',
    configuration,
    audit,
    tokens,
    grants,
    polled,
    buckets,
    uses: new MemoryUseStore(),
    revocationEvents,
    ...people,
    dynamicClients,
    proposals,
    adminSessions: new MemoryAdminSessionStore(audit),
    ping: () => undefined,
    close: () => Promise.resolve(),
  };
}
