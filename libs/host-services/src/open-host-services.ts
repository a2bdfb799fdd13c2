import type { HostServices } from '#libs/oauth';
import { systemResolve, type Resolve } from './guarded-connection.ts';
import { HttpClients } from './http-clients.ts';
import { verifyJwt } from './jwt-verification.ts';
import { KeySets } from './key-sets.ts';
import { MemoryCache } from './memory-cache.ts';

/** What the services stand on. */
export interface HostServicesParts {
  /** Finds the addresses of a host; by default the system does. */
  readonly resolve?: Resolve;
  /** Milliseconds. */
  readonly clock?: () => number;
  /** Hears of what went wrong when nobody waits for it. */
  readonly onError: (error: unknown) => void;
}

/** The services of one node: connections, key sets and cache are kept in its memory and shared with no other. */
export function openHostServices({ resolve = systemResolve, clock = Date.now, onError }: HostServicesParts): HostServices {
  const clients = new HttpClients(resolve, onError);
  const keySets = new KeySets(clients, clock);
  return {
    request: (client, request) => clients.request(client, request),
    verify: (verification) => verifyJwt(verification, keySets),
    cache: new MemoryCache(clock),
    close: () => clients.close(),
  };
}
