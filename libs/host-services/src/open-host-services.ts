import type { HostServices, PublicDocuments, UpstreamClient } from '#libs/oauth';
import { systemResolve, type Resolve } from './guarded-connection.ts';
import { HttpClients } from './http-clients.ts';
import { verifyJwt } from './jwt-verification.ts';
import { KEY_SET_TIMES, KeySets } from './key-sets.ts';
import { MemoryCache } from './memory-cache.ts';
import { OpenIdUpstreams } from './upstream-openid.ts';

/** What the services stand on. */
export interface HostServicesParts {
  /** Finds the addresses of a host; by default the system does. */
  readonly resolve?: Resolve;
  /** Milliseconds. */
  readonly clock?: () => number;
  /** Hears of what went wrong when nobody waits for it. */
  readonly onError: (error: unknown) => void;
}

/** Stands for the procedures that ask; no procedure has such an id. */
const PUBLIC_DOCUMENTS = '';

/** Key sets of clients that a profile keeps apart from those its procedures ask for, which must not drive them out. */
const CLIENT_KEY_SETS = { ...KEY_SET_TIMES, most: 1000 };

/** The services of procedures, what clients publish (key sets, lists of redirect URIs), and upstream OpenID providers. */
export interface OpenedHostServices extends HostServices {
  readonly clientKeySets: Pick<HostServices, 'verify'>;
  readonly publicDocuments: PublicDocuments;
  readonly upstreamClient: UpstreamClient;
}

/** The services of one node: connections, key sets and cache are kept in its memory and shared with no other. */
export function openHostServices({ resolve = systemResolve, clock = Date.now, onError }: HostServicesParts): OpenedHostServices {
  const clients = new HttpClients(resolve, onError);
  const keySets = new KeySets(clients, clock);
  const ofClients = new KeySets(clients, clock, CLIENT_KEY_SETS);
  return {
    request: (client, request) => clients.request(client, request),
    verify: (verification) => verifyJwt(verification, keySets),
    clientKeySets: { verify: (verification) => verifyJwt(verification, ofClients) },
    publicDocuments: {
      get: (client, url) => {
        const request = { method: 'GET', url, headers: { accept: 'application/json' }, body: null } as const;
        return clients.request(client, { ...request, timeout: client.timeoutMilliseconds, caller: PUBLIC_DOCUMENTS }, true);
      },
    },
    upstreamClient: new OpenIdUpstreams(clients, clock),
    cache: new MemoryCache(clock),
    close: () => clients.close(),
  };
}
