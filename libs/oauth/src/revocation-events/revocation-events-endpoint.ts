import type { ClientAuthentication } from '../client/client-authentication.ts';
import type { RegisteredClient } from '../client/registered-client.ts';
import type { Profile } from '../configuration/entities.ts';
import type { Route, Snapshot } from '../configuration/snapshot.ts';
import { OAuthError } from '../errors.ts';
import { EVENT_STREAM_HEADERS, type StreamTimes } from '../transport/event-writer.ts';
import { header, type OAuthRequest, type OAuthResponse } from '../transport/exchange.ts';
import { NO_FORM } from '../transport/form.ts';
import { EventStream, parsePlace, type StreamStart } from './event-stream.ts';
import type { RevocationFeed } from './revocation-feed.ts';

/** How many streams there may be, and how they behave. */
export interface StreamLimits extends StreamTimes {
  readonly perNode: number;
  readonly perClient: number;
}

export const STREAM_LIMITS: StreamLimits = { heartbeat: 15_000, stall: 10_000, retry: 1000, perNode: 1000, perClient: 200 };

/** Seconds after which one that found no place may ask again. */
const RETRY_AFTER = 10;

/** A stream with what it hangs on. */
interface Listener {
  readonly stream: EventStream;
  readonly clientId: string;
  route: Route | undefined;
}

/**
 * Tells those who keep answers what was revoked and which keys changed, as server-sent events.
 *
 * Any client that may introspect may listen, also one that may introspect few tokens only. Of the others' it learns that something was
 * revoked, and when: tokens are named by their hash and their public id, delegations by their id, and none of these opens anything.
 */
export class RevocationEventsEndpoint {
  readonly #listeners = new Set<Listener>();
  #isClosed = false;
  #latest: Snapshot | null = null;

  constructor(
    private readonly clients: ClientAuthentication,
    private readonly feed: RevocationFeed,
    private readonly limits: StreamLimits = STREAM_LIMITS,
  ) {}

  /** @throws OAuthError */
  async handle(request: OAuthRequest, route: Route): Promise<OAuthResponse> {
    if (request.method !== 'GET' && request.method !== 'HEAD')
      throw new OAuthError('invalid_request', 'Use the GET method.', { status: 405, allow: 'GET, HEAD' });
    const client = await this.#client(request, route);
    const answer = { status: 200, headers: EVENT_STREAM_HEADERS, body: null };
    if (request.method === 'HEAD') return answer;
    this.#requireRoom(client.id);
    const start = await this.#start(request, route);
    return {
      ...answer,
      stream: (body) => {
        const listener: Listener = {
          stream: new EventStream(
            this.feed,
            body,
            start,
            this.limits,
            () => this.#mayListen(request, listener.route),
            () => this.#listeners.delete(listener),
          ),
          clientId: client.id,
          route,
        };
        // Others may have come since there was room.
        if (!this.#hasRoom(client.id)) {
          body.cutOff();
          return;
        }
        this.#listeners.add(listener);
        listener.stream.open();
        // The configuration may have changed since the request came in.
        if (this.#latest !== null && this.#latest.revision > route.profile.revision) renew(listener, this.#latest);
      },
    };
  }

  /** Ends streams of clients that may not listen any more. */
  configured(snapshot: Snapshot): void {
    this.#latest = snapshot;
    for (const listener of this.#listeners) renew(listener, snapshot);
  }

  /** Ends all streams, and opens no more. */
  close(): void {
    this.#isClosed = true;
    for (const { stream } of [...this.#listeners]) stream.end();
  }

  /** By header alone: a GET has no form, and secrets do not belong into a URL. RFC 6749 section 2.3.1. */
  async #client(request: OAuthRequest, route: Route): Promise<RegisteredClient> {
    const client = await this.clients.authenticate(route.profile, request, NO_FORM);
    if (!client.may('introspection'))
      throw new OAuthError('unauthorized_client', 'The client may not introspect tokens, so it may not hear of revoked ones either.', {
        status: 403,
      });
    return client;
  }

  async #mayListen(request: OAuthRequest, route: Route | undefined): Promise<boolean> {
    if (route === undefined) return false;
    try {
      await this.#client(request, route);
      return true;
    } catch (error) {
      // Too much to do is no reason to send anybody away.
      return error instanceof OAuthError && error.code === 'temporarily_unavailable';
    }
  }

  async #start(request: OAuthRequest, { profile }: Route): Promise<StreamStart> {
    const newest = await this.feed.newest(profile.id);
    const start = { profile: profile.id, newest, maxAge: shortestScopeLifetime(profile.profile) };
    const last = header(request, 'last-event-id');
    if (last === undefined || last === '') return { ...start, place: null, isLost: false };
    const place = parsePlace(last);
    const isKnown = place !== null && (await this.feed.after(place)) !== null;
    return { ...start, place: isKnown ? place : null, isLost: !isKnown };
  }

  #requireRoom(clientId: string): void {
    if (this.#hasRoom(clientId)) return;
    const description = this.#isClosed ? 'The service is about to stop.' : 'Too many streams are open.';
    throw new OAuthError('temporarily_unavailable', description, { retryAfter: this.#isClosed ? 1 : RETRY_AFTER });
  }

  #hasRoom(clientId: string): boolean {
    if (this.#isClosed || this.#listeners.size >= this.limits.perNode) return false;
    let own = 0;
    for (const listener of this.#listeners) if (listener.clientId === clientId) own++;
    return own < this.limits.perClient;
  }
}

/** A scope that ends before its token is no event: nobody may keep an answer for longer than scopes live. */
function shortestScopeLifetime({ scopes }: Profile): number | null {
  const lifetimes = Object.values(scopes).flatMap(({ lifetime }) => (lifetime === undefined ? [] : [lifetime]));
  return lifetimes.length === 0 ? null : Math.min(...lifetimes);
}

/** Has a stream go on under a newer configuration, or end. What was said of the profile at its beginning must still be true. */
function renew(listener: Listener, snapshot: Snapshot): void {
  const before = listener.route;
  const now = before === undefined ? undefined : snapshot.routes.get(before.endpoint.path);
  const isSame = now?.endpoint.kind === before?.endpoint.kind && now?.profile.profile === before?.profile.profile;
  listener.route = isSame ? now : undefined;
  void listener.stream.review();
}
